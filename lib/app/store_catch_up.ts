import type { Bus } from "../bus/bus.ts";
import type { StoreFloor } from "../bus/store_floor.ts";
import type { StoreLog } from "../store/store.ts";
import type { Mark, StoreMark } from "../store/store_mark.ts";
import { type Clock, systemClock } from "../time/clock.ts";
import { pause } from "../time/pause.ts";

export interface StoreCatchUpParts {
  readonly bus: Pick<Bus, "storeFloor" | "resetStoreFloor">;
  readonly mark: Pick<StoreMark, "read" | "advance" | "set" | "doubt" | "knownUntilMs">;
  readonly log: StoreLog;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
  /** How long another process has to move a mark that is behind. */
  readonly settledAfterMs?: number;
}

/** What the database held when last read, and which database it was. */
interface Known {
  readonly stream: string;
  readonly sequence: number;
  readonly identity: string;
}

const LOOK_EVERY_MS = 2_000;
/** Delay after a batch. Short, so that after a crash the mark is close to the acknowledgements. */
const LOOK_SOON_MS = 300;
/** Writers of other processes move the mark at least this often while they work. */
const SETTLED_AFTER_MS = 5_000;
const SETTLING_LOOK_MS = 50;
/** If a mark that is behind is older than this, more than candles may be missing. */
const FRESH_MS = 60_000;

/**
 * Ties what the store's consumer delivers to what the database holds. NATS knows what was
 * acknowledged; the database's mark is the sequence up to which it has every candle. The mark
 * follows the acknowledgements within two seconds, as long as it is the same database that they
 * were given for. A database whose mark is behind them has gone back in time (a backup, a standby
 * that lagged) or is a new one: everything since its mark is delivered again. States are ordered,
 * so storing a candle again changes nothing. What the stream no longer keeps becomes a doubt, which
 * repair examines.
 *
 * Any number of processes may do this concurrently: resetting twice only delivers twice.
 */
export class StoreCatchUp {
  readonly #parts: StoreCatchUpParts;
  readonly #clock: Clock;
  #known: Known | null = null;
  #soon = Promise.withResolvers<void>();

  constructor(parts: StoreCatchUpParts) {
    this.#parts = parts;
    this.#clock = parts.clock ?? systemClock;
  }

  /** Runs until the signal, whether NATS and the database are up or not. */
  async run(): Promise<void> {
    const { signal } = this.#parts;
    while (!signal.aborted) {
      await this.look();
      await Promise.race([pause(LOOK_EVERY_MS, signal, this.#clock), this.#soon.promise]);
      this.#soon = Promise.withResolvers();
      await pause(LOOK_SOON_MS, signal, this.#clock);
    }
  }

  /** Reports that a batch was acknowledged. */
  touch(): void {
    this.#soon.resolve();
  }

  /** Compares once and acts on it. Never throws: what fails is retried at the next look. */
  async look(): Promise<void> {
    try {
      await this.#look();
    } catch {
      // NATS or the database is down, which is reported elsewhere.
    }
  }

  async #look(): Promise<void> {
    const { bus, mark } = this.#parts;
    // NATS first: what it counts as acknowledged was stored before the database is read.
    const floor = await bus.storeFloor();
    const held = await mark.read(floor.stream);
    const known = this.#known;
    if (
      known === null || known.stream !== floor.stream || known.identity !== held.identity ||
      held.sequence === null || held.sequence < known.sequence || floor.ackFloor < known.sequence
    ) {
      await this.#compare(floor, held);
      return;
    }
    await this.#follow(floor, { ...known, sequence: held.sequence }, held.writtenAtMs);
  }

  /** It is the same database as before: moves its mark to what was acknowledged. */
  async #follow(floor: StoreFloor, known: Known, writtenAtMs: number): Promise<void> {
    const expired = floor.first - 1;
    const to = Math.max(floor.ackFloor, expired);
    if (to <= known.sequence) {
      this.#known = known;
      return;
    }
    if (expired > known.sequence) {
      await this.#doubt(writtenAtMs, "the stream has discarded candles before they were stored");
    }
    // Not moved: the database was replaced, and the next look compares.
    const isMoved = await this.#parts.mark.advance(floor.stream, known, to);
    this.#known = isMoved ? { ...known, sequence: to } : null;
  }

  /**
   * At a start, after a reconnect, or after a change: compares the database's mark with the
   * acknowledgements.
   */
  async #compare(floor: StoreFloor, held: Mark): Promise<void> {
    this.#known = null;
    if (held.sequence === null) return await this.#adopt(floor);
    if (floor.ackFloor < held.sequence) {
      // The consumer is new, or the stream has lost its end and will use the same sequences for other candles.
      await this.#parts.mark.set(floor.stream, floor.ackFloor);
      this.#parts.log.info(
        "the consumer `store` is a new one: candles since {sequence} come again",
        {
          sequence: floor.ackFloor,
        },
      );
    } else if (floor.ackFloor > held.sequence) {
      if (!await this.#settles(floor, held)) return await this.#reset(floor, held);
    }
    this.#known = await this.#recognised(floor.stream);
  }

  /** Whether another process's writer moves the mark within a short time. */
  async #settles(floor: StoreFloor, { identity }: Mark): Promise<boolean> {
    const { mark, signal, settledAfterMs = SETTLED_AFTER_MS } = this.#parts;
    const endMs = this.#clock.now() + settledAfterMs;
    while (!signal.aborted && this.#clock.now() < endMs) {
      await pause(SETTLING_LOOK_MS, signal, this.#clock);
      const held = await mark.read(floor.stream);
      if (held.identity !== identity || held.sequence === null) return true;
      if (held.sequence >= floor.ackFloor) return true;
    }
    return signal.aborted;
  }

  /** The database lacks what was acknowledged after its mark. */
  async #reset(floor: StoreFloor, held: Mark): Promise<void> {
    const { bus, log, mark } = this.#parts;
    const sequence = held.sequence ?? 0;
    const isGone = sequence < floor.first - 1;
    if (isGone || this.#clock.wallMs() - held.writtenAtMs > FRESH_MS) {
      await this.#doubt(held.writtenAtMs, "the database has gone back in time");
    }
    const after = Math.max(sequence, floor.first - 1);
    await bus.resetStoreFloor(after);
    log.warn(
      "the database holds closed candles up to {sequence} of {ackFloor} that were stored: " +
        "it has gone back in time, and {missing} of them are delivered again" +
        (isGone ? "; the stream no longer has all of them, the rest is repaired from trades" : ""),
      { sequence, ackFloor: floor.ackFloor, missing: floor.ackFloor - after },
    );
    if (isGone) await mark.set(floor.stream, after);
    this.#known = await this.#recognised(floor.stream);
  }

  /** A database without a mark: of an earlier version, restored from one, or new. */
  async #adopt(floor: StoreFloor): Promise<void> {
    const { bus, log, mark } = this.#parts;
    const before = floor.first - 1;
    const untilMs = await mark.knownUntilMs();
    if (floor.ackFloor > before) {
      await bus.resetStoreFloor(before);
      log.warn(
        "the database does not record how much of the stream it holds (it is new, or of a version " +
          "before): all {count} messages are delivered again",
        { count: floor.last - before },
      );
    }
    if (untilMs !== null) await this.#doubt(untilMs, "the database did not record what it holds");
    await mark.set(floor.stream, before);
    this.#known = await this.#recognised(floor.stream);
  }

  async #recognised(stream: string): Promise<Known | null> {
    const { sequence, identity } = await this.#parts.mark.read(stream);
    return sequence === null ? null : { stream, sequence, identity };
  }

  async #doubt(fromMs: number, reason: string): Promise<void> {
    await this.#parts.mark.doubt(fromMs, this.#clock.wallMs(), reason);
  }
}
