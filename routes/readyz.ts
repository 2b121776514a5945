import { only } from "../methods.ts";
import { readinessResponse } from "../lib/http/readiness.ts";
import { crossOriginHeaders } from "../lib/http/cross_origin.ts";

/** Whether this process can do its work, part by part. */
export const handler = only({
  GET(ctx) {
    const { services } = ctx.state;
    const origin = ctx.req.headers.get("origin");
    return readinessResponse(services, crossOriginHeaders(origin, services.config.corsOrigins));
  },
});
