import { only, preflight } from "../../methods.ts";
import { answerCandles } from "../../lib/api/candles.ts";

/** As `/api/candles`, always in lines of JSON. */
export const handler = only({
  GET: ({ state: { services, requester }, req }) =>
    answerCandles(services, req, Math.floor(Date.now() / 1000), requester),
  OPTIONS: preflight,
});
