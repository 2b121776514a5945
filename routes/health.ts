import { define } from "../app.ts";
import { readinessResponse } from "../components/readiness.ts";

/** The older name of `/readyz`. */
export const handler = define.handlers({ GET: (ctx) => readinessResponse(ctx.state.services) });
