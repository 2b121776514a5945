/**
 * The exchange of `bench/load/load.ts`, in a separate process: the simulator, and a desk for what
 * only it can know. Prints the URLs of both as JSON. The desk answers
 * - `POST /record?on=true|false`: remember when each frame's trades are sent, from now on or no longer
 * - `GET /sent`: those moments, microseconds by `{product} {tradeId}` of a frame's newest trade of each product
 * - `GET /compare`: see `openExchangeDesk`
 */
import { parseArgs } from "node:util";
import { startExchangeSimulator } from "../../lib/exchange_simulator/mod.ts";
import { nowUs } from "../sse_load.ts";
import { openExchangeDesk } from "./exchange_desk.ts";

const TRADE = /"trade_id":"(\d+)","product_id":"([^"]+)"/g;
/** Enough past for the live candles of the quietest products. */
const HISTORY_HOURS = 0.5;

const { values } = parseArgs({
  args: Deno.args,
  options: {
    products: { type: "string", default: "500" },
    rate: { type: "string", default: "2000" },
    speed: { type: "string", default: "1" },
  },
});
const speed = Number(values.speed);
const sent = new Map<string, number>();
let recording = false;
const simulator = await startExchangeSimulator({
  products: Number(values.products),
  tradesPerSecond: Number(values.rate),
  historyHours: HISTORY_HOURS,
  clock: { speed },
  // Hours pass in minutes then: more trades than there is memory for.
  ...(speed > 1 ? { retainHours: 2 * HISTORY_HOURS } : {}),
  onFrame: (text) => {
    if (recording) record(text, nowUs());
  },
});

openExchangeDesk(simulator, {
  "/record": (query) => void (recording = query.get("on") === "true"),
  "/sent": () => Object.fromEntries(sent),
});

/** Within a frame a product's newest trade comes first. */
function record(text: string, atUs: number): void {
  let last = "";
  for (const [, tradeId, product = ""] of text.matchAll(TRADE)) {
    if (product !== last) sent.set(`${product} ${tradeId}`, atUs);
    last = product;
  }
}
