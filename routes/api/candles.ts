import { define } from "../../app.ts";
import { answerCandles } from "../../lib/api/candles.ts";

/** History in pages (JSON, CSV, NDJSON) or as one stream (CSV, NDJSON). */
export const handler = define.handlers({
  GET: (ctx) => answerCandles(ctx.state.services, ctx.req, Math.floor(Date.now() / 1000)),
});
