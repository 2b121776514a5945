import { only } from "../../methods.ts";
import { answerCandles } from "../../lib/api/candles.ts";
import { preflightResponse } from "../../lib/http/cross_origin.ts";

/** As `/api/candles`, always in Parquet. */
export const handler = only({
  GET: ({ state: { services, requester }, req }) =>
    answerCandles(services, req, Math.floor(Date.now() / 1000), requester),

  OPTIONS: (ctx) =>
    preflightResponse(ctx.req.headers.get("origin"), ctx.state.services.config.corsOrigins),
});
