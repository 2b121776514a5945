/** `deno task start`: builds the pages if they are stale and runs Spot Canvas against Coinbase. */
import { buildIfStale } from "./build_if_stale.ts";
import { print } from "./print.ts";

await buildIfStale(print);
await import("../serve.ts");
