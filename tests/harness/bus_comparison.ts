import type postgres from "postgres";
import { type Bus, openBus } from "../../lib/bus/bus.ts";
import { type Candle, candleKey, compareStates, sameValues } from "../../lib/candles/candle.ts";
import { GRANULARITY_SECONDS } from "../../lib/candles/granularity.ts";
import { decodeCandle } from "../../lib/candles/wire.ts";
import type { ExchangeSimulator } from "../../lib/exchange_simulator/mod.ts";
import { CANDLE_COLUMNS, candleOf, type CandleRow } from "../../lib/store/candle_row.ts";
import { differenceFromTruth } from "./candle_figures.ts";
import { candleName, newestCandles } from "./expected_candles.ts";
import type { StreamClient } from "./stream_client.ts";
import { timely, until } from "./wait.ts";

/** What CLOSED_CANDLES holds, and what is wrong with it; `faults` should be empty. */
export interface StreamComparison {
  readonly messages: number;
  readonly revisions: number;
  readonly faults: readonly string[];
}

const SILENT = { info() {}, warn() {}, error() {} };
const DECODER = new TextDecoder();
const SHOWN = 12;

/** The test's own bus, to one NATS or a cluster. Its owner closes it. */
export function openTestBus(url: string): Promise<Bus> {
  const servers = url.split(",");
  return openBus({ servers, replicas: servers.length, log: SILENT });
}

/**
 * Reads the whole stream: per candle, states only rise, an exact one is the last, one revision stands for one state, and
 * what the database has was published, and is no less than what was published before it was read. Repairs may continue.
 */
export async function compareStream(bus: Bus, sql: postgres.Sql): Promise<StreamComparison> {
  const faults: string[] = [];
  const fault = (text: string) => faults.length < SHOWN && faults.push(text);
  const published = new Map<string, Candle[]>();
  const count = { messages: 0, revisions: 0 };
  let read = (await bus.closedBounds()).first - 1;
  const readOn = async () => {
    for await (const { bytes, sequence } of timely("the closed candles", bus.closedAfter(read))) {
      read = sequence;
      count.messages++;
      const candle = decodeCandle(DECODER.decode(bytes));
      if (candle === null) {
        fault(`${sequence} is not a candle`);
        continue;
      }
      if (candle.revision > 0) count.revisions++;
      const states = published.get(nameOf(candle)) ?? [];
      const held = newestOf(states);
      published.set(nameOf(candle), [...states, candle]);
      if (held === null || same(held, candle)) continue;
      const change = `${nameOf(candle)}: ${stateOf(held)} then ${stateOf(candle)}`;
      if (candle.revision === held.revision) fault(`two states of one revision, ${change}`);
      else if (compareStates(candle, held) < 0) fault(`its state falls, ${change}`);
      else if (held.exact && !sameValues(held, candle)) fault(`exact changes, ${change}`);
    }
  };
  await readOn();
  await until("the database to have what was published", async () => {
    const { ackFloor, pending } = await bus.storeLag();
    return pending === 0 || ackFloor >= read;
  });
  const before = new Map([...published].map(([name, states]) => [name, newestOf(states)]));
  const rows = await closedRows(sql);
  const publishedFrom = await publishedStarts(sql);
  // What was published during that may be in the database or not.
  await readOn();
  for (const stored of rows) {
    const name = nameOf(stored);
    const least = before.get(name) ?? null;
    before.delete(name);
    const states = published.get(name) ?? [];
    // What is older than all that was published went into the database alone, as did the exchange's candles for charts.
    const end = stored.start + GRANULARITY_SECONDS[stored.granularity];
    const isPast = end <= (publishedFrom.get(stored.productId) ?? -Infinity);
    if (least === null && (isPast || stored.trades === null)) continue;
    if (states.length === 0) fault(`${name} is not in the stream`);
    else if (!states.some((one) => same(one, stored))) {
      fault(`${name}: ${stateOf(stored)} stored, ${states.map(stateOf)} published`);
    } else if (least !== null && compareStates(stored, least) < 0) {
      fault(`${name}: ${stateOf(stored)} stored, ${stateOf(least)} published before`);
    }
  }
  for (const name of before.keys()) fault(`${name} is not in the database`);
  return { ...count, faults };
}

/** The highest of a candle's states; null if there is none. */
function newestOf(states: readonly Candle[]): Candle | null {
  return states.reduce<Candle | null>(
    (held, one) => held === null || compareStates(one, held) > 0 ? one : held,
    null,
  );
}

/**
 * How the key-value bucket differs from the exchange's newest candles; time must have stopped
 * during it.
 */
export async function compareCurrent(bus: Bus, exchange: ExchangeSimulator): Promise<string[]> {
  const current = new Map(
    (await bus.readCurrent()).map((
      candle,
    ) => [candleKey(candle.productId, candle.granularity), candle]),
  );
  const faults: string[] = [];
  for (const productId of exchange.products) {
    for (const [granularity, truth] of newestCandles(exchange, productId)) {
      const key = `${productId}.${granularity}`;
      const candle = [...current].find(([held]) => held === key)?.[1];
      if (candle === undefined) faults.push(`${key} is missing`);
      else if (candle.start !== truth.start) {
        faults.push(`${key} is of ${candle.start}, not ${truth.start}`);
      } else {
        const difference = differenceFromTruth(candle, truth);
        if (difference !== null) faults.push(`${key} (${stateOf(candle)}): ${difference}`);
      }
    }
  }
  return faults;
}

async function closedRows(sql: postgres.Sql): Promise<Candle[]> {
  return (await sql.unsafe<CandleRow[]>(`SELECT ${CANDLE_COLUMNS} FROM candles c`)).map(candleOf);
}

async function publishedStarts(sql: postgres.Sql): Promise<Map<string, number>> {
  const rows = await sql<{ product_id: string; start: string }[]>`
    SELECT product_id, extract(epoch FROM published_from)::bigint AS start FROM products
    WHERE published_from IS NOT NULL`;
  return new Map(rows.map(({ product_id, start }) => [product_id, Number(start)]));
}

function nameOf({ productId, granularity, start }: Candle): string {
  return `${productId} ${candleName(granularity, start)}`;
}

function stateOf({ isComplete, exact, revision, trades }: Candle): string {
  return `${isComplete ? "closed" : "live"}${exact ? " exact" : ""} ${revision} (${trades} trades)`;
}

function same(a: Candle, b: Candle): boolean {
  return compareStates(a, b) === 0 && sameValues(a, b);
}

/** Closed candles of the stream that a client should have been sent since its first one and was not; the first few. */
export async function unseenBy(client: StreamClient, natsUrl: string): Promise<string[]> {
  const seen = new Set(client.closed());
  const bus = await openTestBus(natsUrl);
  const unseen: string[] = [];
  let begun = false;
  try {
    const { first } = await bus.closedBounds();
    for await (const { bytes } of timely("the closed candles", bus.closedAfter(first - 1))) {
      const text = DECODER.decode(bytes);
      begun ||= seen.has(text);
      if (begun && !seen.has(text)) unseen.push(text);
    }
  } finally {
    await bus.close();
  }
  return unseen.slice(0, SHOWN);
}
