import { only } from "../methods.ts";

/** The process is up: nothing more is asked, so that a restart is never the answer to a lost database. */
export const handler = only({
  GET: () => new Response("ok\n", { headers: { "cache-control": "no-store" } }),
});
