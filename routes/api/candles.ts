import { only } from "../../methods.ts";
import { answerCandles } from "../../lib/api/candles.ts";
import { clientAddress } from "../../lib/http/client_address.ts";
import { preflightResponse } from "../../lib/http/cross_origin.ts";

/** History in pages (JSON, CSV, NDJSON) or as one stream (CSV, NDJSON). */
export const handler = only({
  GET({ state: { services }, req, info }) {
    const peer = "hostname" in info.remoteAddr ? info.remoteAddr.hostname : "";
    const { trustProxy } = services.config;
    const address = clientAddress(peer, req.headers.get("x-forwarded-for"), trustProxy);
    const enter = () => services.downloads.enter(address);
    return answerCandles(services, req, Math.floor(Date.now() / 1000), enter);
  },

  OPTIONS: (ctx) =>
    preflightResponse(ctx.req.headers.get("origin"), ctx.state.services.config.corsOrigins),
});
