import type { FaultRates } from "../exchange_simulator/mod.ts";
import type { RelayedAnswer, Rewrites } from "./test_rewriting_relay.ts";

type Json = Record<string, unknown>;

/** How one assumption is broken: by the simulator itself, or by a relay before it. */
export interface Break extends Rewrites {
  /** How the assumption's name begins. */
  readonly of: string;
  readonly faults?: Partial<FaultRates>;
  readonly refuse?: readonly string[];
  /** How long to watch, where the default is too short. */
  readonly seconds?: number;
}

/** One for each assumption. */
export const BREAKS: readonly Break[] = [
  { of: "frames - the product understands", faults: { corruptTrade: 0.5 } },
  {
    of: "frames - all are text",
    frame: (frame) => isBeat(frame) ? [new Uint8Array([1, 2]), frame] : [frame],
  },
  { of: "frames - each has its channel", frame: without("sequence_num") },
  { of: "frames - sequence_num", faults: { dropFrame: 0.3 } },
  { of: "frames - events of market_trades", frame: events((event) => ({ ...event, type: "l2" })) },
  {
    of: "frames - prices and sizes are strings",
    frame: trades((trade) => ({ ...trade, price: Number(trade.price) })),
  },
  { of: "frames - an update's trades", faults: { wrongTime: 0.5 } },
  { of: "frames - subscriptions are acknowledged", refuse: ["ETH-USD"] },
  { of: "frames - only what is subscribed", faults: { unsubscribedTrade: 1 } },
  {
    of: "frames - a subscription to an unknown product",
    frame: (frame) => frame.type === "error" ? [{ type: "problem", text: "?" }] : [frame],
  },
  { of: "frames - a connection with heartbeats stays open", faults: { cutConnection: 0.4 } },

  {
    of: "heartbeats - current_time",
    frame: events((event) => beat(event, "yesterday")),
  },
  {
    of: "heartbeats - the counter",
    // Chosen by the heartbeat's own number, so that every connection lacks some between others.
    frame: (frame) => records(frame.events).some(isEvenBeat) ? [] : [frame],
    seconds: 1.5,
  },
  { of: "heartbeats - one a second", frame: (frame) => isBeat(frame) ? [] : [frame], seconds: 1.5 },
  {
    of: "heartbeats - no trade follows",
    frame: events((event) => beat(event, new Date(Date.now() + 20_000).toISOString())),
  },

  { of: "snapshots - each product's comes", faults: { missingSnapshot: 1 } },
  { of: "snapshots - they hold", frame: snapshots((rows) => rows.filter((_, i) => i !== 7)) },
  {
    of: "snapshots - the updates run on",
    frame: snapshots((rows) =>
      rows.filter(({ product_id: id }, i) => rows.indexOf(firstOf(rows, id)) + 3 <= i)
    ),
  },
  {
    of: "snapshots - one of a second connection",
    frame: (frame, connection) =>
      connection === 4
        ? snapshots((rows) => rows.map((row) => shifted(row, 5000)))(frame)
        : [frame],
  },

  { of: "trades - ids are contiguous", faults: { skipTradeId: 0.5 } },
  {
    of: "trades - the feed leaves none out",
    frame: updates((rows) => rows.filter((row) => !isNth(row, 5))),
  },
  {
    of: "trades - the same id",
    answer: listing(each((row) => isNth(row, 7) ? { ...row, price: "7" } : row)),
  },
  {
    of: "trades - a higher id",
    answer: listing(each((row) => isNth(row, 10) ? { ...row, time: minutesBefore(row, 30) } : row)),
  },
  { of: "trades - side", frame: trades(flipped), answer: listing(each(flipped)) },

  {
    of: "listings - the product understands",
    answer: listing(each((row) => isNth(row, 9) ? { ...row, size: "" } : row)),
  },
  { of: "listings - the newest trade comes first", answer: listing((rows) => rows.toReversed()) },
  {
    of: "listings - none is left out",
    answer: listing((rows, { searchParams }) =>
      searchParams.get("limit") === "100" ? rows.filter((row) => !isNth(row, 11)) : rows
    ),
  },
  { of: "listings - one holds", answer: listing((rows) => rows.slice(0, 500)) },
  { of: "listings - a window of whole", request: ({ searchParams }) => later(searchParams, 60) },
  {
    of: "listings - of a window",
    request: ({ searchParams }) => {
      if (searchParams.has("start")) searchParams.set("limit", "1000");
    },
    answer: listing((rows, { searchParams }) => {
      const limit = Number(searchParams.get("limit"));
      return searchParams.has("start") ? rows.slice(-limit) : rows;
    }),
  },
  {
    of: "listings - a trade of the feed",
    answer: listing((rows, { searchParams }) =>
      searchParams.get("limit") === "100" ? rows.slice(90) : rows
    ),
    // Ninety trades of the busiest product are more than two seconds of it, and some polls have to come after them.
    seconds: 5,
  },
  {
    of: "listings - answers carry",
    answer: ({ headers }) => void (headers.date = new Date(Date.now() - 3.6e6).toUTCString()),
  },
  {
    of: "listings - an unknown product",
    answer: (answer) => {
      if (answer.status !== 404) return;
      answer.status = 200;
      answer.body = { trades: [] };
    },
  },

  {
    of: "candles - the product understands",
    answer: candles((rows) => rows.map((row) => ({ ...row, low: row.high, high: row.low }))),
  },
  {
    of: "candles - all granularities",
    answer: (answer, { searchParams }) => {
      if (searchParams.get("granularity") === "SIX_HOUR") answer.status = 400;
    },
  },
  { of: "candles - start and end", answer: candles((rows) => rows.slice(1)) },
  { of: "candles - one answer holds", answer: candles((rows) => rows.slice(0, 200), "ONE_MINUTE") },
  {
    of: "candles - a minute",
    answer: candles(
      (rows) => rows.map((row) => ({ ...row, volume: `${row.volume}1` })),
      "ONE_MINUTE",
    ),
  },
  {
    of: "candles - a larger one",
    answer: candles((rows) => rows.map((row) => ({ ...row, volume: "77" })), "FIVE_MINUTE"),
  },
  {
    of: "candles - there is none",
    answer: candles((rows) => rows.map((row, i) => i === 5 ? { ...row, volume: "0" } : row)),
  },

  {
    of: "products - the product understands",
    answer: list(
      "products",
      (rows) => rows.map((row, i) => i === 4 ? { ...row, product_id: "a b" } : row),
    ),
  },
  {
    of: "products - limit and offset",
    request: ({ searchParams }) => {
      if (searchParams.get("limit") === "3") searchParams.set("offset", "0");
    },
  },
  {
    of: "products - an alias",
    answer: list("products", (rows) => rows.map((row) => ({ ...row, alias: "" }))),
  },
  {
    of: "products - subscribed by its alias",
    frame: (frame, connection) =>
      connection === 3
        ? trades((trade) => ({ ...trade, product_id: `${trade.product_id}C` }))(frame)
        : [frame],
  },

  { of: "limits - requests at", faults: { rest429: 0.2 } },
  {
    of: "limits - too many concurrent requests",
    answer: refused((answer) => void (answer.status = 503)),
  },
  {
    of: "limits - retry-after",
    answer: refused((answer) => {
      answer.status = 429;
      answer.headers["retry-after"] = "soon";
    }),
  },
  { of: "limits - after the pause", answer: refused((answer) => void (answer.status = 429)) },
];

type Frames = NonNullable<Rewrites["frame"]>;
type Answers = NonNullable<Rewrites["answer"]>;

function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function records(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function isBeat(frame: Json): boolean {
  return frame.channel === "heartbeats";
}

function isEvenBeat({ heartbeat_counter: counter }: Json): boolean {
  return Number(counter) % 2 === 0;
}

function without(field: string): Frames {
  return (frame) => [
    Object.fromEntries(Object.entries(frame).filter(([name]) => name !== field)),
  ];
}

function events(change: (event: Json) => Json): (frame: Json) => readonly Json[] {
  return (frame) =>
    Array.isArray(frame.events)
      ? [{ ...frame, events: records(frame.events).map(change) }]
      : [frame];
}

function beat(event: Json, time: string): Json {
  return "heartbeat_counter" in event ? { ...event, current_time: time } : event;
}

function rowsOf(
  type: "snapshot" | "update" | null,
  change: (rows: readonly Json[]) => readonly Json[],
) {
  return events((event) =>
    Array.isArray(event.trades) && (type === null || event.type === type)
      ? { ...event, trades: change(records(event.trades)) }
      : event
  );
}

function trades(change: (trade: Json) => Json) {
  return rowsOf(null, (rows) => rows.map(change));
}

function snapshots(change: (rows: readonly Json[]) => readonly Json[]) {
  return rowsOf("snapshot", change);
}

function updates(change: (rows: readonly Json[]) => readonly Json[]) {
  return rowsOf("update", change);
}

function firstOf(rows: readonly Json[], id: unknown): Json {
  return rows.find(({ product_id }) => product_id === id) ?? {};
}

function isNth(row: Json, n: number): boolean {
  return Number(row.trade_id) % n === 0;
}

function shifted(row: Json, by: number): Json {
  return { ...row, trade_id: `${Number(row.trade_id) + by}` };
}

function flipped(row: Json): Json {
  return { ...row, side: row.side === "BUY" ? "SELL" : "BUY" };
}

function minutesBefore(row: Json, minutes: number): string {
  return new Date(Date.parse(String(row.time)) - minutes * 60_000).toISOString();
}

function later(query: URLSearchParams, seconds: number): void {
  if (!query.has("start") || query.has("granularity")) return;
  for (const name of ["start", "end"]) query.set(name, `${Number(query.get(name)) + seconds}`);
}

function each(change: (row: Json) => Json): (rows: readonly Json[]) => readonly Json[] {
  return (rows) => rows.map(change);
}

function list(
  key: string,
  change: (rows: readonly Json[], requested: URL) => readonly Json[],
): Answers {
  return (answer, requested) => {
    if (!Array.isArray(answer.body[key])) return;
    answer.body = { ...answer.body, [key]: change(records(answer.body[key]), requested) };
  };
}

function listing(change: (rows: readonly Json[], requested: URL) => readonly Json[]): Answers {
  return list("trades", change);
}

function candles(
  change: (rows: readonly Json[]) => readonly Json[],
  granularity?: string,
): Answers {
  return list(
    "candles",
    (rows, { searchParams }) =>
      granularity === undefined || searchParams.get("granularity") === granularity
        ? change(rows)
        : rows,
  );
}

/** The burst's requests, and the one after it, are for one trade each. */
function refused(change: (answer: RelayedAnswer) => void): Answers {
  return (answer, { searchParams }) => {
    if (searchParams.get("limit") === "1" && answer.status === 200) change(answer);
  };
}
