import { define } from "../../app.ts";
import { answerCandles } from "../../lib/api/candles.ts";
import { preflightResponse } from "../../lib/stream/cross_origin.ts";

/** History in pages (JSON, CSV, NDJSON) or as one stream (CSV, NDJSON). */
export const handler = define.handlers({
  GET: (ctx) => answerCandles(ctx.state.services, ctx.req, Math.floor(Date.now() / 1000)),

  OPTIONS: (ctx) =>
    preflightResponse(ctx.req.headers.get("origin"), ctx.state.services.config.corsOrigins),
});
