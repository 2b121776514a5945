/**
 * The simulator as a program: `deno run -A lib/exchange_simulator/main.ts --port=9000 --seed=1
 * --rate=20 --speed=1 --products=20`. Prints one line of JSON with its URLs when it is ready.
 * `--products` takes a number or ids separated by commas; `--retain` hours of trades (24),
 * `--history` hours of trades before the start and `--past-rate` trades a second of them, `--limits` and `--abrupt-cuts` switch those on.
 */
import { parseArgs } from "node:util";
import { startExchangeSimulator } from "./mod.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    port: { type: "string", default: "0" },
    seed: { type: "string", default: "1" },
    rate: { type: "string", default: "20" },
    speed: { type: "string", default: "1" },
    products: { type: "string", default: "20" },
    batch: { type: "string", default: "250" },
    "past-rate": { type: "string" },
    history: { type: "string" },
    retain: { type: "string", default: "24" },
    limits: { type: "boolean", default: false },
    "abrupt-cuts": { type: "boolean", default: false },
  },
});

const simulator = await startExchangeSimulator({
  port: number("port", values.port),
  seed: number("seed", values.seed),
  products: /^\d+$/.test(values.products) ? Number(values.products) : values.products.split(","),
  tradesPerSecond: number("rate", values.rate),
  clock: { speed: number("speed", values.speed) },
  batchMs: number("batch", values.batch),
  ...(values["past-rate"] !== undefined && {
    pastTradesPerSecond: number("past-rate", values["past-rate"]),
  }),
  ...(values.history !== undefined && { historyHours: number("history", values.history) }),
  retainHours: number("retain", values.retain),
  limits: values.limits,
  abruptCuts: values["abrupt-cuts"],
});

const { wsUrl, restUrl, controlUrl } = simulator;
console.log(JSON.stringify({ wsUrl, restUrl, controlUrl }));

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, async () => {
    await simulator.close();
    Deno.exit(0);
  });
}

function number(name: string, text: string): number {
  const value = Number(text);
  if (text !== "" && value >= 0) return value;
  console.error(`--${name} must be a number, not ${text}`);
  return Deno.exit(2);
}
