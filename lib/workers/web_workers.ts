import type { ProductId } from "../candles/product.ts";
import type { Catalogue } from "../exchange/catalogue.ts";
import type { PartState, Status, WorkersState } from "../metrics/status.ts";
import { type Clock, every, systemClock } from "../time/clock.ts";
import { pause } from "../time/pause.ts";
import { exposition, sumOf } from "./exposition.ts";
import type { Report, ServerUrls, ToParent } from "./messages.ts";
import type { SharedLimits } from "./shared_limits.ts";
import { type SlotEvents, type WorkerHandle, WorkerSlot } from "./worker_slot.ts";

/** How often workers are sent their parent's status, and checked. */
const NEWS_MS = 500;
const LOOK_MS = 1000;
/** Timeout for figures; of a worker that gives none in time the last ones are shown. */
const REPORT_MS = 1000;
/** Workers that still run then are killed: all processes must end within five seconds. */
const END_MS = 3800;

/** What workers request from their parent. */
export interface ParentServices {
  readonly catalogue: Pick<Catalogue, "version" | "all" | "absences">;
  status(): Status;
  report(): Promise<Report>;
}

export interface WebWorkersOptions {
  readonly count: number;
  readonly limits: SharedLimits;
  readonly log: {
    info(text: string, values: Record<string, unknown>): void;
    warn(text: string, values: Record<string, unknown>): void;
  };
  readonly clock?: Clock;
}

/**
 * The web processes of this one: starts them, restarts those that die or hang, counts what is limited over all of them,
 * and passes on what each must know about the others. The caller of `start` calls `stop` and awaits
 * `ended`.
 */
export class WebWorkers {
  readonly #slots: WorkerSlot[] = [];
  readonly #clock: Clock;
  readonly #stops: (() => void)[] = [];
  #services: ParentServices | null = null;
  #servers: ServerUrls | null = null;
  #sentVersion = -1;
  #reporting: Promise<void> | null = null;
  #reported = Promise.withResolvers<void>();
  #awaited = new Set<number>();
  #ended: Promise<void> | null = null;
  #hasListened = false;

  constructor(private readonly options: WebWorkersOptions) {
    this.#clock = options.clock ?? systemClock;
  }

  /** Starts them with `launch`; `onListening` is called when the first of them serves. */
  start(
    services: ParentServices,
    launch: (number: number, events: SlotEvents) => WorkerHandle,
    onListening: () => void,
  ): void {
    if (this.#ended !== null) return;
    this.#services = services;
    const { log, count } = this.options;
    for (let number = 1; number <= count; number++) {
      const slot: WorkerSlot = new WorkerSlot(number, {
        start: (events) => launch(number, events),
        begun: () => this.#begun(slot),
        message: (message) => {
          if (message.kind === "listening" && !this.#hasListened) {
            this.#hasListened = true;
            onListening();
          }
          // A question that cannot be answered must not end the process on which all depend.
          this.#take(slot, message).catch((error) =>
            log.warn("web worker {worker} could not be answered", { worker: number, error })
          );
        },
        ended: (how, retryMs) => {
          this.options.limits.forget(number);
          this.#hasReported(number);
          if (this.#ended !== null) return;
          log.warn("web worker {worker} ended ({how}); the next one starts in {retryMs} ms", {
            worker: number,
            how,
            retryMs,
          });
        },
        hangs: () => log.warn("web worker {worker} hangs and is killed", { worker: number }),
        clock: this.#clock,
      });
      this.#slots.push(slot);
      slot.start();
    }
    this.#stops.push(
      every(this.#clock, NEWS_MS, () => this.#sendNews()),
      every(this.#clock, LOOK_MS, () => this.#slots.forEach((slot) => slot.look())),
    );
  }

  /** Passes the servers' addresses to the workers, which open them as well. */
  found(urls: ServerUrls): void {
    this.#servers = urls;
    for (const slot of this.#slots) slot.send({ kind: "servers", urls });
  }

  /** Whether a stream of any worker names a product. */
  isWanted(productId: ProductId): boolean {
    return this.#slots.some(({ condition }) => condition?.named.includes(productId));
  }

  get state(): WorkersState {
    const workers = this.#slots.map((slot) => slot.state);
    const up = workers.filter(({ state }) => state === "up" || state === "degraded").length;
    const isStarting = workers.some(({ state }) => state === "starting");
    const state: PartState["state"] = up === this.options.count
      ? "up"
      : up > 0
      ? "degraded"
      : isStarting || workers.length === 0
      ? "starting"
      : "down";
    const detail = state === "up" ? null : `${up} of ${this.options.count} web processes serve`;
    return { state, detail, workers };
  }

  /** Requests all of them to end. */
  stop(): void {
    this.#ended ??= this.#end();
  }

  /** Calls `stop`, and resolves when no worker is left, within four seconds. */
  ended(): Promise<void> {
    return this.#ended ??= this.#end();
  }

  async #end(): Promise<void> {
    for (const stop of this.#stops) stop();
    for (const slot of this.#slots) slot.stop();
    const gone = Promise.all(this.#slots.map((slot) => slot.gone));
    const timeout = new AbortController();
    void pause(END_MS, timeout.signal, this.#clock).then(() => {
      if (!timeout.signal.aborted) { for (const slot of this.#slots) slot.kill(); }
    });
    await gone;
    timeout.abort();
  }

  #begun(slot: WorkerSlot): void {
    if (this.#servers !== null) slot.send({ kind: "servers", urls: this.#servers });
    this.#sendStatus(slot);
    this.#sendCatalogue(slot);
  }

  #sendNews(): void {
    for (const slot of this.#slots) this.#sendStatus(slot);
    const { version } = this.#services?.catalogue ?? {};
    if (version === undefined || version === this.#sentVersion) return;
    this.#sentVersion = version;
    for (const slot of this.#slots) this.#sendCatalogue(slot);
  }

  #sendStatus(slot: WorkerSlot): void {
    if (this.#services === null) return;
    slot.send({ kind: "status", status: { ...this.#services.status(), workers: this.state } });
  }

  #sendCatalogue(slot: WorkerSlot): void {
    const { catalogue } = this.#services ?? {};
    if (catalogue === undefined || catalogue.version === 0) return;
    slot.send({
      kind: "catalogue",
      content: { products: catalogue.all(), absences: catalogue.absences },
    });
  }

  async #take(slot: WorkerSlot, message: ToParent): Promise<void> {
    const { limits } = this.options;
    switch (message.kind) {
      case "questions": {
        const nowMs = this.#clock.now();
        const answers = message.questions.map((one) => limits.answer(slot.number, one, nowMs));
        return slot.send({ kind: "answers", answers });
      }
      case "left":
        return limits.left(slot.number, message.what, message.address);
      case "report":
        slot.report = message.report;
        return this.#hasReported(slot.number);
      case "metrics":
        return slot.send({ kind: "metrics", text: await this.#metrics() });
      case "figures":
        return slot.send({ kind: "figures", figures: await this.#figures() });
    }
  }

  async #metrics(): Promise<string> {
    const [own] = await Promise.all([this.#services?.report(), this.#newReports()]);
    const theirs = new Map(
      this.#slots.flatMap(({ number, report }) =>
        report === null ? [] : [[number, report.families]]
      ),
    );
    return await exposition(own?.families ?? [], theirs);
  }

  async #figures() {
    if (this.#services === null) throw new Error("no worker sends a request before it was started");
    const [{ figures }] = await Promise.all([this.#services.report(), this.#newReports()]);
    return sumOf(figures, this.#slots.flatMap(({ report }) => report ?? []));
  }

  /** Requests a report from every worker. Concurrent callers share the answers. */
  #newReports(): Promise<void> {
    return this.#reporting ??= this.#askReports().finally(() => this.#reporting = null);
  }

  async #askReports(): Promise<void> {
    const running = this.#slots.filter(({ state }) => state.pid !== null);
    this.#awaited = new Set(running.map(({ number }) => number));
    this.#reported = Promise.withResolvers();
    for (const slot of running) slot.send({ kind: "report" });
    if (running.length === 0) return;
    const cancel = this.#clock.after(REPORT_MS, this.#reported.resolve);
    await this.#reported.promise;
    cancel();
  }

  #hasReported(number: number): void {
    this.#awaited.delete(number);
    if (this.#awaited.size === 0) this.#reported.resolve();
  }
}
