import { only } from "../methods.ts";
import { problemResponse } from "../lib/http/problem.ts";

/**
 * The process is up: nothing more is checked, so that a restart is never the answer to a lost database. A web worker's parent
 * hangs unseen otherwise: only it can be restarted from outside.
 */
export const handler = only({
  GET: ({ state: { services } }) =>
    services.isAlive()
      ? new Response("ok\n", { headers: { "cache-control": "no-store" } })
      : problemResponse({ status: 503, title: "The ingesting process does not answer" }),
});
