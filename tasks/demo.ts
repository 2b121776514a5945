/**
 * `deno task demo`: the whole of Spot Canvas against a simulated exchange. Its data is separate from real data, and the
 * exchange continues between two runs as if it had never stopped.
 */
import { positive } from "../lib/config/variable.ts";
import { buildIfStale } from "./build_if_stale.ts";
import { resumeExchange } from "./demo_exchange.ts";
import { print } from "./print.ts";

/** Few trades before the start, each of them larger: a day of 20 products is then some 900 pages, proven in seconds. */
const MOST_PAST_TRADES_PER_SECOND = 10;

const dataDir = given("DATA_DIR") ?? ".data/demo";
const tradesPerSecond = readNumber("DEMO_TRADES_PER_SECOND", 40, 10_000);
const size = {
  tradesPerSecond,
  pastTradesPerSecond: Math.min(tradesPerSecond, MOST_PAST_TRADES_PER_SECOND),
  products: readNumber("DEMO_PRODUCTS", 20, 500),
};
const [exchange] = await Promise.all([
  resumeExchange(dataDir, size, print),
  buildIfStale(print),
]);

const defaults: Readonly<Record<string, string>> = {
  DATA_DIR: dataDir,
  SIMULATED: "true",
  COINBASE_WS_URL: exchange.wsUrl,
  COINBASE_REST_URL: exchange.restUrl,
  COINBASE_REST_RPS: "100",
};
for (const [name, value] of Object.entries(defaults)) {
  if (given(name) === undefined) Deno.env.set(name, value);
}
await import("../serve.ts");

/** A variable's text; an empty one counts as unset, as everywhere. */
function given(name: string): string | undefined {
  return Deno.env.get(name)?.trim() || undefined;
}

function readNumber(name: string, fallback: number, most: number): number {
  const text = given(name);
  const read = positive(fallback, most).safeParse(text);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  print(`${name}: ${JSON.stringify(text)} is not allowed: give ${issue?.message}`);
  Deno.exit(1);
}
