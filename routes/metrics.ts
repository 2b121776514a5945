import { only } from "../methods.ts";

/** Prometheus' text format. */
export const handler = only({
  GET: async (ctx) =>
    new Response(await ctx.state.services.metrics(), {
      headers: {
        "content-type": "text/plain; version=0.0.4; charset=utf-8",
        "cache-control": "no-store",
      },
    }),
});
