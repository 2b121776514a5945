/**
 * `deno task demo`: the whole of Spot Canvas against a simulated exchange. Its data is kept apart from real data, and
 * the exchange goes on between two runs as if it had never stopped.
 */
import { buildIfStale } from "./build_if_stale.ts";
import { resumeExchange } from "./demo_exchange.ts";
import { say } from "./say.ts";

const dataDir = Deno.env.get("DATA_DIR") ?? ".data/demo";
const [exchange] = await Promise.all([
  resumeExchange(dataDir, Number(Deno.env.get("DEMO_TRADES_PER_SECOND") ?? 40), say),
  buildIfStale(say),
]);

const defaults: Readonly<Record<string, string>> = {
  DATA_DIR: dataDir,
  SIMULATED: "true",
  COINBASE_WS_URL: exchange.wsUrl,
  COINBASE_REST_URL: exchange.restUrl,
  COINBASE_REST_RPS: "100",
};
for (const [name, value] of Object.entries(defaults)) {
  if (Deno.env.get(name) === undefined) Deno.env.set(name, value);
}
await import("../serve.ts");
