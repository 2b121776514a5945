import { define } from "../app.ts";
import { problemResponse } from "../lib/problem.ts";
import { clientAddress } from "../lib/stream/client_address.ts";
import { crossOriginHeaders, preflightResponse } from "../lib/stream/cross_origin.ts";
import { parseStreamQuery } from "../lib/stream/query.ts";
import { refusalProblem, STREAM_HEADERS } from "../lib/stream/answer.ts";

export const handler = define.handlers({
  GET(ctx) {
    const { config, catalogue, hub } = ctx.state.services;
    const { headers } = ctx.req;
    const shared = crossOriginHeaders(headers.get("origin"), config.corsOrigins);
    const query = parseStreamQuery(ctx.url, catalogue);
    if (query.kind === "problem") return problemResponse(query.problem, shared);
    const answer = hub.connect({
      subscription: query.subscription,
      // A reconnecting EventSource still has the URL it began with, so its header is the newer one.
      lastEventId: headers.get("last-event-id") || query.lastEventId,
      address: clientAddress(
        "hostname" in ctx.info.remoteAddr ? ctx.info.remoteAddr.hostname : "",
        headers.get("x-forwarded-for"),
        config.trustProxy,
      ),
    });
    if (answer.kind === "refused") return problemResponse(refusalProblem(answer), shared);
    return new Response(answer.body, { headers: { ...STREAM_HEADERS, ...shared } });
  },

  // Without this a HEAD would open a stream whose body nobody reads.
  HEAD(ctx) {
    const { config, catalogue } = ctx.state.services;
    const shared = crossOriginHeaders(ctx.req.headers.get("origin"), config.corsOrigins);
    const query = parseStreamQuery(ctx.url, catalogue);
    if (query.kind === "problem") return problemResponse(query.problem, shared);
    return new Response(null, { headers: { ...STREAM_HEADERS, ...shared } });
  },

  OPTIONS(ctx) {
    const { config } = ctx.state.services;
    return preflightResponse(ctx.req.headers.get("origin"), config.corsOrigins);
  },
});
