import type { Candle } from "../candles/candle.ts";
import type { BatchMessage, ClosedBatch } from "../candles/closed_batch.ts";
import { decodeCandle } from "../candles/wire.ts";
import type { CandleStore } from "./candle_store.ts";
import { describeError, isDataError, isDiskFull } from "./database_error.ts";
import type { DeadLetter, DeadLetterStore } from "./dead_letter_store.ts";
import { type Clock, every, systemClock } from "../time/clock.ts";
import { nextTurn } from "../time/next_turn.ts";
import { pause } from "../time/pause.ts";
import type { StoreLog } from "./store.ts";

/** What the writer counts. `dead`: not a candle, or refused by the database; `lost`: not even kept as a dead letter. */
export type WriterMetric =
  | {
    readonly kind: "written";
    readonly rows: number;
    readonly candles: number;
    readonly ms: number;
  }
  | { readonly kind: "retry"; readonly reason: string }
  | { readonly kind: "dead"; readonly reason: string }
  | { readonly kind: "lost"; readonly reason: string };

export interface WriterOptions {
  /** From `bus.consumeClosed`. The database is fastest with batches of a thousand and more. */
  readonly batches: AsyncIterable<ClosedBatch>;
  readonly candles: Pick<CandleStore, "upsert">;
  readonly deadLetters: Pick<DeadLetterStore, "add">;
  readonly log: StoreLog;
  readonly onMetric?: (metric: WriterMetric) => void;
  /** Called at every attempt with whether the database's disk is full. */
  readonly onDiskFull?: (isFull: boolean) => void;
  /** Ends the writer: the current batch stays unacknowledged, and is delivered again. */
  readonly signal: AbortSignal;
  readonly clock?: Clock;
}

interface Item {
  readonly message: BatchMessage;
  readonly candle: Candle;
}

/** The most messages that are decoded in one turn of the event loop: about a millisecond's work. */
const SLICE = 100;
const RETRY_MIN_MS = 100;
const RETRY_MAX_MS = 5_000;
// Well within the half minute after which JetStream would deliver the batch again.
const WORKING_EVERY_MS = 10_000;

/**
 * Brings closed candles from the bus to the database until aborted or out of batches. A batch is acknowledged only when
 * all of it is stored; while the database is down it is held and retried, and no further one is taken. A message that
 * can never be stored becomes a dead letter and does not hold up the rest.
 */
export async function runWriter(options: WriterOptions): Promise<void> {
  for await (const batch of options.batches) {
    if (options.signal.aborted) return;
    const { clock = systemClock } = options;
    const rest = every(clock, WORKING_EVERY_MS, () => batch.working());
    try {
      if (await store(batch, options)) await batch.ack();
    } finally {
      rest();
    }
    if (options.signal.aborted) return;
  }
}

/** Stores a whole batch. False if aborted before that was possible. */
async function store(batch: ClosedBatch, options: WriterOptions): Promise<boolean> {
  const items: Item[] = [];
  const decoder = new TextDecoder();
  for (const [index, message] of batch.messages.entries()) {
    if (index > 0 && index % SLICE === 0) await nextTurn();
    const candle = decodeCandle(decoder.decode(message.bytes));
    if (candle?.isComplete) items.push({ message, candle });
    else {
      const reason = candle === null ? "not a candle" : "not a closed candle";
      if (!await bury(batch, message, reason, options)) return false;
    }
  }
  return await write(batch, items, options);
}

/**
 * Stores candles in one statement, retrying until it succeeds. Candles whose data the database refuses are found by
 * halving: a thousand candles with a bad one among them take some twenty statements.
 */
async function write(
  batch: ClosedBatch,
  items: readonly Item[],
  options: WriterOptions,
): Promise<boolean> {
  if (items.length === 0) return true;
  const startedMs = performance.now();
  const outcome = await persist(
    () => options.candles.upsert(items.map(({ candle }) => candle)),
    options,
  );
  if (outcome === null) return false;
  if ("value" in outcome) {
    const ms = performance.now() - startedMs;
    options.onMetric?.({ kind: "written", rows: outcome.value, candles: items.length, ms });
    return true;
  }
  const [only] = items;
  if (items.length === 1 && only !== undefined) {
    return await bury(batch, only.message, describeError(outcome.refused), options);
  }
  const half = items.length >> 1;
  return await write(batch, items.slice(0, half), options) &&
    await write(batch, items.slice(half), options);
}

/** Keeps a message that cannot be stored as a dead letter. False if aborted before that was possible. */
async function bury(
  batch: ClosedBatch,
  { sequence, subject, bytes }: BatchMessage,
  reason: string,
  options: WriterOptions,
): Promise<boolean> {
  const { log, onMetric, deadLetters } = options;
  const letter: DeadLetter = { sequence, key: subject, bytes, reason };
  const outcome = await persist(() => deadLetters.add(letter), options);
  if (outcome === null) return false;
  if ("value" in outcome) {
    onMetric?.({ kind: "dead", reason });
    log.error("closed candle {sequence} on {subject} cannot be stored: {reason}", {
      sequence,
      subject,
      reason,
    });
  } else {
    // It can be kept nowhere else: CLOSED_CANDLES has it for three days, and the log names it.
    batch.term(sequence);
    onMetric?.({ kind: "lost", reason });
    log.error("closed candle {sequence} on {subject} is lost: {reason}", {
      sequence,
      subject,
      reason: `${reason}; as a dead letter: ${describeError(outcome.refused)}`,
    });
  }
  return true;
}

/** Retries work in the database until it succeeds or the data is refused; null if aborted first. */
async function persist<T>(
  work: () => Promise<T>,
  { log, onMetric, onDiskFull, signal }: WriterOptions,
): Promise<{ readonly value: T } | { readonly refused: unknown } | null> {
  let retryMs = RETRY_MIN_MS;
  let logged = "";
  while (!signal.aborted) {
    try {
      const value = await work();
      onDiskFull?.(false);
      return { value };
    } catch (error) {
      if (isDataError(error)) return { refused: error };
      const reason = describeError(error);
      onMetric?.({ kind: "retry", reason });
      onDiskFull?.(isDiskFull(error));
      if (reason !== logged) log.warn("candles wait for the database: {reason}", { reason });
      logged = reason;
      await pause(retryMs, signal);
      retryMs = Math.min(retryMs * 2, RETRY_MAX_MS);
    }
  }
  return null;
}
