import { answerReadiness } from "../lib/http/readiness.ts";
import { only } from "../methods.ts";

/** Whether this process can do its work, part by part. */
export const handler = only({ GET: (ctx) => answerReadiness(ctx.state.services, ctx.req) });
