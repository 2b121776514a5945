/** `deno task start`: builds the pages if they are stale and runs Spot Canvas against Coinbase. */
import { buildIfStale } from "./build_if_stale.ts";
import { say } from "./say.ts";

await buildIfStale(say);
await import("../serve.ts");
