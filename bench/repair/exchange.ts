/**
 * The exchange of `bench/repair/repair.ts`, in a process of its own: the simulator, and a desk for what only it can know.
 * Prints the URLs of both as JSON. The desk answers
 * - `POST /begin?app=…&ran=true|false`: an app is about to start there
 * - `GET /look`: a `Look`
 * - `GET /stretch?database=…&from=…&to=…`: a `StretchLook`
 * - `GET /compare?database=…&through=…`: how the candles in a database compare with the trades
 */
import { parseArgs } from "node:util";
import postgres from "postgres";
import { startExchangeSimulator } from "../../lib/exchange_simulator/mod.ts";
import { expectedCandles } from "../../tests/harness/expected_candles.ts";
import { compareWithTruth } from "../../tests/harness/truth_comparison.ts";
import type { LoadExchangeUrls } from "../load/exchange.ts";
import { RepairDesk } from "./desk.ts";
import { RequestLog } from "./request_log.ts";

const SNAPSHOT_TRADES = 50;
/** Of all products before the start: a day that a bench can prove. */
const PAST_TRADES_PER_SECOND = 10;
const HISTORY_HOURS = 48;
/** Late enough for every product to have traded, long before midnight. */
const START_OF_DAY_MS = (10 * 60 + 20) * 60_000;
const DAY_MS = 86_400_000;

const { values } = parseArgs({
  args: Deno.args,
  options: {
    products: { type: "string", default: "500" },
    rate: { type: "string", default: "500" },
    speed: { type: "string", default: "2" },
  },
});
const log = new RequestLog();
const yesterday = Math.floor(Date.now() / DAY_MS - 1) * DAY_MS;
const simulator = await startExchangeSimulator({
  products: Number(values.products),
  tradesPerSecond: Number(values.rate),
  pastTradesPerSecond: PAST_TRADES_PER_SECOND,
  historyHours: HISTORY_HOURS,
  historyDays: HISTORY_HOURS / 24,
  snapshotTrades: SNAPSHOT_TRADES,
  clock: { speed: Number(values.speed), startAt: yesterday + START_OF_DAY_MS },
  onFrame: (text) => log.frame(text, simulator.now() / 1000),
  onAnswer: (path, text) => log.answer(path, text),
});
const desk = new RepairDesk(simulator, log, SNAPSHOT_TRADES);

const server = Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen: () => {} },
  async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    const number = (name: string) => Number(searchParams.get(name));
    switch (pathname) {
      case "/begin":
        desk.begin(searchParams.get("app") ?? "", searchParams.get("ran") === "true");
        return Response.json({});
      case "/look":
        return Response.json(desk.look());
      case "/stretch":
        return Response.json(
          await withDatabase(
            searchParams.get("database") ?? "",
            (sql) => desk.stretch(sql, number("from"), number("to")),
          ),
        );
      case "/compare":
        return Response.json(
          await withDatabase(
            searchParams.get("database") ?? "",
            (sql) => compare(sql, number("through")),
          ),
        );
    }
    return new Response(null, { status: 404 });
  },
);
const { wsUrl, restUrl, controlUrl } = simulator;
const urls: LoadExchangeUrls = {
  wsUrl,
  restUrl,
  controlUrl,
  deskUrl: `http://127.0.0.1:${server.addr.port}`,
};
console.log(JSON.stringify(urls));

function compare(sql: postgres.Sql, through: number) {
  // Of a product without any trade there is nothing to be right about.
  const expected = expectedCandles(simulator, through)
    .filter(({ newestTradeId }) => newestTradeId > 0);
  return compareWithTruth(sql, expected, through);
}

async function withDatabase<T>(url: string, ask: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return await ask(sql);
  } finally {
    await sql.end();
  }
}
