import { define } from "../app.ts";
import { readinessResponse } from "../components/readiness.ts";

/** Whether this process can do its work, part by part. */
export const handler = define.handlers({ GET: (ctx) => readinessResponse(ctx.state.services) });
