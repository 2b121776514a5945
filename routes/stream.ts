import { only } from "../methods.ts";
import { answerStream, untilLoaded } from "../lib/api/stream_answer.ts";
import { preflightResponse } from "../lib/http/cross_origin.ts";

type Peer = Deno.ServeHandlerInfo["remoteAddr"];

export const handler = only({
  GET: async (ctx) => {
    await untilLoaded(ctx.state.services.catalogue, ctx.req.headers);
    return answerStream(ctx.state.services, ctx.req, ctx.url, hostOf(ctx.info.remoteAddr));
  },

  // Without one of its own, a HEAD would open a stream whose body is not read.
  HEAD: (ctx) => answerStream(ctx.state.services, ctx.req, ctx.url, hostOf(ctx.info.remoteAddr)),

  OPTIONS: (ctx) =>
    preflightResponse(ctx.req.headers.get("origin"), ctx.state.services.config.corsOrigins),
});

function hostOf(peer: Peer): string {
  return "hostname" in peer ? peer.hostname : "";
}
