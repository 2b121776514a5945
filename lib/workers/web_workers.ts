import type { ProductId } from "../candles/product.ts";
import type { Catalogue } from "../exchange/catalogue.ts";
import type { PartState, Status, WorkersState } from "../metrics/status.ts";
import { type Clock, every, systemClock } from "../time/clock.ts";
import { pause } from "../time/pause.ts";
import { exposition, sumOf } from "./exposition.ts";
import type { Report, ServerUrls, ToParent } from "./messages.ts";
import type { SharedLimits } from "./shared_limits.ts";
import { type SlotEvents, type WorkerHandle, WorkerSlot } from "./worker_slot.ts";

/** How often workers are told how their parent is, and looked at. */
const TELL_MS = 500;
const LOOK_MS = 1000;
/** How long figures are waited for; a worker that gives none in time is shown as it last was. */
const REPORT_MS = 1000;
/** What is left of the workers then is killed: all processes must be gone within five seconds. */
const END_MS = 3800;

/** What the workers' parent is asked for. */
export interface ParentServices {
  readonly catalogue: Pick<Catalogue, "version" | "all" | "absences">;
  status(): Status;
  report(): Promise<Report>;
}

/** What workers are made of. */
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
 * The web processes beside this one: starts them, starts those again that die or hang, counts for them what is limited in
 * all, and tells each what it must know of the others. Whoever calls `start` calls `stop` and awaits `ended`.
 */
export class WebWorkers {
  readonly #slots: WorkerSlot[] = [];
  readonly #clock: Clock;
  readonly #stops: (() => void)[] = [];
  #services: ParentServices | null = null;
  #servers: ServerUrls | null = null;
  #told = -1;
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
          // A question that cannot be answered must not end the process that all depend on.
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
      every(this.#clock, TELL_MS, () => this.#tell()),
      every(this.#clock, LOOK_MS, () => this.#slots.forEach((slot) => slot.look())),
    );
  }

  /** The servers are found: workers open them as well. */
  found(urls: ServerUrls): void {
    this.#servers = urls;
    for (const slot of this.#slots) slot.send({ kind: "servers", urls });
  }

  /** Whether a stream of any worker asks for a product by its name. */
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

  /** Asks all of them to end. */
  stop(): void {
    this.#ended ??= this.#end();
  }

  /** Resolves when none is left, within four seconds of `stop`, which it calls. */
  ended(): Promise<void> {
    return this.#ended ??= this.#end();
  }

  async #end(): Promise<void> {
    for (const stop of this.#stops) stop();
    for (const slot of this.#slots) slot.stop();
    const gone = Promise.all(this.#slots.map((slot) => slot.gone));
    const patience = new AbortController();
    void pause(END_MS, patience.signal, this.#clock).then(() => {
      if (!patience.signal.aborted) { for (const slot of this.#slots) slot.kill(); }
    });
    await gone;
    patience.abort();
  }

  #begun(slot: WorkerSlot): void {
    if (this.#servers !== null) slot.send({ kind: "servers", urls: this.#servers });
    this.#tellStatus(slot);
    this.#tellCatalogue(slot);
  }

  #tell(): void {
    for (const slot of this.#slots) this.#tellStatus(slot);
    const { version } = this.#services?.catalogue ?? {};
    if (version === undefined || version === this.#told) return;
    this.#told = version;
    for (const slot of this.#slots) this.#tellCatalogue(slot);
  }

  #tellStatus(slot: WorkerSlot): void {
    if (this.#services === null) return;
    slot.send({ kind: "status", status: { ...this.#services.status(), workers: this.state } });
  }

  #tellCatalogue(slot: WorkerSlot): void {
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
    if (this.#services === null) throw new Error("no worker asks before it was started");
    const [{ figures }] = await Promise.all([this.#services.report(), this.#newReports()]);
    return sumOf(figures, this.#slots.flatMap(({ report }) => report ?? []));
  }

  /** Has every worker say how it is. All who ask meanwhile wait for the same answers. */
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
