import { answerReadiness } from "../lib/http/readiness.ts";
import { only } from "../methods.ts";

/** The older name of `/readyz`. */
export const handler = only({ GET: (ctx) => answerReadiness(ctx.state.services, ctx.req) });
