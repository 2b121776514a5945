/**
 * The exchange of `bench/load/load.ts`, in a process of its own: the simulator, and a desk for what only it can know. Prints
 * the URLs of both as JSON. The desk answers
 * - `POST /record?on=true|false`: remember when each frame's trades are sent, from now on or no more
 * - `GET /sent`: those moments, microseconds by `{product} {tradeId}` of a frame's newest trade of each product
 * - `GET /compare?database=…&through=…`: how the candles in a database that end by then (epoch seconds) compare with
 *   the trades
 */
import { parseArgs } from "node:util";
import postgres from "postgres";
import { startExchangeSimulator } from "../../lib/exchange_simulator/mod.ts";
import { expectedCandles } from "../../tests/harness/expected_candles.ts";
import { compareWithTruth } from "../../tests/harness/truth_comparison.ts";
import { nowUs } from "../sse_load.ts";

/** Where the simulator and its desk are reached. */
export interface LoadExchangeUrls {
  readonly wsUrl: string;
  readonly restUrl: string;
  readonly controlUrl: string;
  readonly deskUrl: string;
}

const TRADE = /"trade_id":"(\d+)","product_id":"([^"]+)"/g;
/** Enough past for the running candles of the quietest products. */
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

const desk = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
  const { pathname, searchParams } = new URL(request.url);
  switch (pathname) {
    case "/record":
      recording = searchParams.get("on") === "true";
      return Response.json({});
    case "/sent":
      return Response.json(Object.fromEntries(sent));
    case "/compare":
      return Response.json(
        await compare(searchParams.get("database") ?? "", Number(searchParams.get("through"))),
      );
  }
  return new Response(null, { status: 404 });
});
const { wsUrl, restUrl, controlUrl } = simulator;
const urls: LoadExchangeUrls = {
  wsUrl,
  restUrl,
  controlUrl,
  deskUrl: `http://127.0.0.1:${desk.addr.port}`,
};
console.log(JSON.stringify(urls));

/** Within a frame a product's newest trade comes first. */
function record(text: string, atUs: number): void {
  let last = "";
  for (const [, tradeId, product = ""] of text.matchAll(TRADE)) {
    if (product !== last) sent.set(`${product} ${tradeId}`, atUs);
    last = product;
  }
}

async function compare(databaseUrl: string, through: number) {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  try {
    // Of a product without any trade there is nothing to be right about.
    const expected = expectedCandles(simulator, through).filter(({ newestTradeId }) =>
      newestTradeId > 0
    );
    return await compareWithTruth(sql, expected, through);
  } finally {
    await sql.end();
  }
}
