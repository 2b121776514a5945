import type { WorkerState } from "../metrics/status.ts";
import { BackOff } from "../time/back_off.ts";
import { type Clock, systemClock } from "../time/clock.ts";
import type { Condition, Report, ToParent, ToWorker } from "./messages.ts";

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 30_000;
/**
 * A worker that has served for this long did not die of its start, so it is restarted without
 * delay.
 */
const GOOD_MS = 60_000;
/** Number of checks, a second apart, at which a worker may be silent; after that it is killed. */
const SILENT_LOOKS = 20;
/** The same before its first message, since modules may have to be compiled. */
const SILENT_LOOKS_AT_START = 60;

/** A running worker, as its parent sees it. */
export interface WorkerHandle {
  readonly pid: number | null;
  send(message: ToWorker): void;
  kill(): void;
}

/** Callbacks of a slot's process. */
export interface SlotEvents {
  message(message: ToParent): void;
  ended(how: string): void;
}

/** What a slot works with, and its callbacks. */
export interface SlotParts {
  start(events: SlotEvents): WorkerHandle;
  /** A process has started and can be sent what it needs. */
  begun(): void;
  message(message: ToParent): void;
  /** The process has ended; the next one starts after `retryMs`. */
  ended(how: string, retryMs: number): void;
  hangs(): void;
  readonly clock?: Clock;
}

/** The slot of one worker: its process, and the next one when that dies. Its owner calls `stop`, then `kill`. */
export class WorkerSlot {
  /** Its last report. */
  report: Report | null = null;
  condition: Condition | null = null;
  readonly #clock: Clock;
  readonly #backOff: BackOff;
  #process: WorkerHandle | null = null;
  #isListening = false;
  #startedAtMs = 0;
  #silentLooks = 0;
  #restarts = 0;
  #lastEnd: string | null = null;
  #stopped = false;
  #cancelStart = () => {};
  #gone = Promise.resolve();
  #resolveGone = () => {};

  constructor(readonly number: number, private readonly parts: SlotParts) {
    this.#clock = parts.clock ?? systemClock;
    this.#backOff = new BackOff(FIRST_RETRY_MS, LAST_RETRY_MS, this.#clock);
  }

  /** Resolves when no process is left. Await it after `stop`. */
  get gone(): Promise<void> {
    return this.#gone;
  }

  get state(): WorkerState {
    const { bus, store } = this.condition ?? {};
    const bad = [bus, store].find((part) => part !== undefined && part.state !== "up");
    const state = this.#process === null
      ? "down"
      : !this.#isListening
      ? "starting"
      : bad === undefined
      ? "up"
      : "degraded";
    return {
      number: this.number,
      state,
      detail: state === "down" ? `it ended: ${this.#lastEnd}` : bad?.detail ?? null,
      pid: this.#process?.pid ?? null,
      streams: this.condition?.streams ?? 0,
      restarts: this.#restarts,
    };
  }

  start(): void {
    if (this.#stopped) return;
    this.#isListening = false;
    this.condition = null;
    this.report = null;
    this.#silentLooks = 0;
    this.#startedAtMs = this.#clock.now();
    this.#gone = new Promise((resolve) => this.#resolveGone = resolve);
    this.#process = this.parts.start({
      message: (message) => this.#take(message),
      ended: (how) => this.#ended(how),
    });
    this.parts.begun();
  }

  send(message: ToWorker): void {
    this.#process?.send(message);
  }

  /** Called every second: kills a process that has become silent, which starts the next one. */
  look(): void {
    if (this.#process === null || this.#stopped) return;
    const most = this.condition === null ? SILENT_LOOKS_AT_START : SILENT_LOOKS;
    if (++this.#silentLooks <= most) return;
    this.parts.hangs();
    this.kill();
  }

  /** Requests the process to end, and does not start another. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#cancelStart();
    this.send({ kind: "stop" });
  }

  kill(): void {
    this.#process?.kill();
  }

  #take(message: ToParent): void {
    this.#silentLooks = 0;
    if (message.kind === "listening") this.#isListening = true;
    else if (message.kind === "condition") this.condition = message.condition;
    this.parts.message(message);
  }

  #ended(how: string): void {
    this.#process = null;
    this.#lastEnd = how;
    this.condition = null;
    this.report = null;
    this.#resolveGone();
    if (this.#clock.now() - this.#startedAtMs >= GOOD_MS) this.#backOff.reset();
    const retryMs = this.#backOff.nextMs();
    if (!this.#stopped) {
      this.#restarts++;
      this.#cancelStart = this.#clock.after(retryMs, () => this.start());
    }
    this.parts.ended(how, retryMs);
  }
}
