import { only, preflight } from "../methods.ts";
import { answerChartHistory } from "../lib/api/chart_history.ts";
import { crossOriginHeaders } from "../lib/http/cross_origin.ts";

/** History for the older chart library. */
export const handler = only({
  async GET(ctx) {
    const { services, requester } = ctx.state;
    const nowSeconds = Math.floor(Date.now() / 1000);
    const response = await answerChartHistory(services, ctx.req, nowSeconds, requester);
    const origin = ctx.req.headers.get("origin");
    const headers = crossOriginHeaders(origin, services.config.corsOrigins);
    for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
    return response;
  },
  OPTIONS: preflight,
});
