import { only } from "../methods.ts";
import { problemResponse } from "../lib/http/problem.ts";

/**
 * The process is up. Nothing more is checked, because a restart does not bring back a lost database. A web worker also
 * checks its parent, whose hanging would go unseen otherwise: only the parent can be restarted from outside.
 */
export const handler = only({
  GET: ({ state: { services } }) =>
    services.isAlive()
      ? new Response("ok\n", { headers: { "cache-control": "no-store" } })
      : problemResponse({ status: 503, title: "The ingesting process does not answer" }),
});
