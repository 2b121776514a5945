/**
 * The exchange of `bench/repair/repair.ts`, in a separate process: the simulator, and a desk for
 * what only it can know. Prints the URLs of both as JSON. The desk answers
 * - `POST /begin?app=…&ran=true|false`: an app is about to start there
 * - `GET /look`: a `Look`
 * - `GET /stretch?database=…&from=…&to=…`: a `StretchLook`
 * - `GET /compare`: see `openExchangeDesk`
 */
import { parseArgs } from "node:util";
import { startExchangeSimulator } from "../../lib/exchange_simulator/mod.ts";
import { openExchangeDesk, withDatabase } from "../load/exchange_desk.ts";
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

openExchangeDesk(simulator, {
  "/begin": (query) => desk.begin(query.get("app") ?? "", query.get("ran") === "true"),
  "/look": () => desk.look(),
  "/stretch": (query) =>
    withDatabase(
      query,
      (sql) => desk.stretch(sql, Number(query.get("from")), Number(query.get("to"))),
    ),
});
