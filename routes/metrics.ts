import { problemResponse } from "../lib/http/problem.ts";
import { only } from "../methods.ts";

const RETRY_AFTER_SECONDS = 5;

/** Prometheus' text format. */
export const handler = only({
  async GET(ctx) {
    const text = await ctx.state.services.metrics();
    if (text === null) {
      return problemResponse({
        status: 503,
        title: "The ingesting process does not answer",
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    }
    return new Response(text, {
      headers: {
        "content-type": "text/plain; version=0.0.4; charset=utf-8",
        "cache-control": "no-store",
      },
    });
  },
});
