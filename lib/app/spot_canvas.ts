import { Downloads } from "../api/downloads.ts";
import { FinalPages } from "../api/final_pages.ts";
import { READ_LIMITS, RESUME_LIMITS } from "../api/read_limits.ts";
import { Archive } from "../history/archive.ts";
import { AuditDates } from "../history/audit_dates.ts";
import { type Bus, openBus } from "../bus/bus.ts";
import type { BusState } from "../bus/bus_state.ts";
import { epochSeconds } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import { Catalogue } from "../exchange/catalogue.ts";
import type { Config } from "../config.ts";
import { EmbeddedError } from "../embedded/mod.ts";
import { History } from "../history/history.ts";
import { UnstoredCandles } from "../history/unstored_candles.ts";
import { logger } from "../log.ts";
import { createMetrics } from "../metrics/metrics.ts";
import { CostBudget } from "../http/cost_budget.ts";
import { RequestGate } from "../http/request_gate.ts";
import { RequestRate } from "../http/request_rate.ts";
import type { Shutdown } from "./shutdown.ts";
import { ShardLease } from "./shard_lease.ts";
import { restartWhenRoom } from "./nats_disk_space.ts";
import { repairUrgency } from "./repair_urgency.ts";
import { every, systemClock } from "../time/clock.ts";
import { Momentary } from "../time/momentary.ts";
import { keepRetention } from "./retention_rounds.ts";
import { watchStoreLag } from "./store_lag.ts";
import { followStoredProducts } from "./stored_products.ts";
import { type Figures, OFF, type PartState, STARTING, type Status } from "../metrics/status.ts";
import { openStore, type Store } from "../store/store.ts";
import { Hub } from "../stream/hub.ts";
import { BusCandles, closedOnBus, currentCandle, recentCandles } from "./hub_candles.ts";
import { partState } from "./part_state.ts";
import { findServers } from "./servers.ts";
import { storedUpTo } from "./stored_up_to.ts";
import { VERSION } from "./version.ts";
import { Webhooks } from "./webhooks.ts";
import { startStoreWriter } from "./store_writer.ts";

const STATUS_MOMENT_MS = 100;
const SPARKLINE_EVERY_MS = 60_000;

/**
 * The whole of Spot Canvas but its pages: made at once, started in the background, answering from the first moment what
 * is there and what is not. `start` registers what it opens with the shutdown, which closes it.
 */
export class SpotCanvas {
  readonly config: Config;
  readonly catalogue = new Catalogue();
  readonly hub: Hub;
  readonly history: History;
  readonly archive: Archive;
  readonly auditDates = new AuditDates(async () => await this.#readable().audits.auditedUntil());
  readonly requests: RequestRate;
  readonly downloads = new Downloads();
  readonly reads = new CostBudget(READ_LIMITS);
  readonly finalPages = new FinalPages();
  readonly gate: RequestGate;
  readonly #resumes = new CostBudget(RESUME_LIMITS);
  readonly #shutdown: Shutdown;
  readonly #metrics = createMetrics();
  readonly #log = logger("start");
  readonly #stop = new AbortController();
  readonly #startedAt = epochSeconds(Math.floor(Date.now() / 1000));
  readonly #status = new Momentary(() => this.#newStatus(), STATUS_MOMENT_MS, systemClock);
  readonly #opened = Promise.withResolvers<{ bus: Bus; store: Store }>();
  #busState: BusState | null = null;
  #store: Store | null = null;
  #ingester: ShardLease | null = null;
  #webhooks: Webhooks | null = null;
  #failure: string | null = null;

  constructor(config: Config, shutdown: Shutdown) {
    this.config = config;
    this.requests = new RequestRate(config.maxRequestsPerIp);
    this.gate = new RequestGate(config);
    this.#shutdown = shutdown;
    this.#opened.promise.catch(() => {});
    const bus = this.#opened.promise.then(({ bus }) => bus);
    bus.catch(() => {});
    const closed = new BusCandles(bus);
    this.hub = new Hub({
      source: closed,
      maxStreams: config.maxStreams,
      maxStreamsPerAddress: config.maxStreamsPerIp,
      resumes: this.#resumes,
      turn: () => this.gate.turns.take(),
      onProblem: (what, error) => this.#log.warn("{what}", { what, error }),
    });
    const unstored = new UnstoredCandles({
      memory: () => this.hub.memory,
      storedUpTo: async () => await storedUpTo(await this.#opened.promise),
      stream: (key, after, signal) => closedOnBus(closed, key, after, signal),
    });
    this.history = new History({
      page: (query) => this.#read((store) => store.candles.page(query)),
      current: (key) => currentCandle(this.hub, key),
      recent: (key) => recentCandles(this.hub, key),
      unstored,
      position: () => this.hub.position,
      closes: async (from) => await this.#readable().candles.since(from, "THIRTY_MINUTE"),
    });
    this.archive = new Archive({
      newest: (query) => this.history.page(query),
      oldest: (query) => this.#read((store) => store.ranges.oldest(query)),
      stretches: (query) => this.#read((store) => store.stretches.newest(query)),
      summary: async (...range) => await this.#readable().ranges.summary(...range),
      current: (key) => currentCandle(this.hub, key),
      recent: (key) => recentCandles(this.hub, key),
      unstored,
      position: () => this.hub.position,
    });
    shutdown.add("metrics", () => this.#metrics.close());
  }

  /** Opens everything, in the background of pages that answer already. Resolves when all runs or has failed for good. */
  async start(): Promise<void> {
    try {
      await this.#start();
    } catch (error) {
      if (this.#shutdown.begun) return;
      this.#failure = error instanceof EmbeddedError
        ? error.message
        : "could not start; see the log";
      this.#log.error("Spot Canvas could not start", { error });
      this.#opened.reject(error);
    }
  }

  /** From when on a product's candles are proven, epoch seconds; null if that is not known, or cannot be read now. */
  async exactSince(productId: ProductId): Promise<number | null> {
    if (this.#store?.state().state !== "up") return null;
    return await this.#store.products.exactSince(productId).catch(() => null);
  }

  /** The same to all callers within a tenth of a second: a page reads it twice, and 500 products are counted for it. */
  status(): Status {
    return this.#status.get();
  }

  #newStatus(): Status {
    const failed: PartState | null = this.#failure === null
      ? null
      : { state: "down", detail: this.#failure };
    const ingests = this.config.roles.has("ingest");
    return {
      feed: ingests ? this.#ingester?.state() ?? failed ?? STARTING : OFF,
      products: (ingests ? this.#ingester?.products : null) ??
        { ...(ingests ? failed ?? STARTING : OFF), unavailable: [] },
      connections: this.#ingester?.connections ?? [],
      bus: partState(this.#busState) ?? failed ?? STARTING,
      store: partState(this.#store?.state() ?? null) ?? failed ?? STARTING,
      repair: this.#ingester?.repair ?? null,
      webhooks: this.#webhooks?.states() ?? [],
      simulated: this.config.simulated,
      version: VERSION,
      startedAt: this.#startedAt,
    };
  }

  /** The Prometheus exposition text. */
  metrics(): Promise<string> {
    this.#metrics.observeParts(this.status());
    this.#metrics.observeStreams(this.hub.stats());
    this.#metrics.observeRequests(
      { rate: this.requests.refused, ...this.gate.refused },
      this.gate.unread,
    );
    this.#metrics.observeWebhooks(this.#webhooks?.states() ?? []);
    this.#metrics.observeWork("history", this.reads.stats);
    this.#metrics.observeWork("requests", this.gate.work);
    this.#metrics.observeWork("resume", this.#resumes.stats);
    this.#ingester?.observe();
    return this.#metrics.text();
  }

  /** Counts and levels that the operations page shows. */
  async figures(): Promise<Figures> {
    this.#ingester?.observe();
    const counts = await this.#metrics.counts();
    return {
      counts: { ...counts, sentFrames: this.hub.stats().framesSent },
      closedQueued: this.#ingester?.closedQueued ?? 0,
      memoryBytes: this.#metrics.memoryBytes(),
    };
  }

  async #start(): Promise<void> {
    this.#shutdown.add("starting", () => this.#stop.abort());
    const servers = await findServers(this.config, { log: this.#log, signal: this.#stop.signal });
    const { databaseUrl, natsServers, nats, readerPassword, close } = servers;
    if (close !== null) this.#shutdown.add("embedded servers", close);
    const { roles } = this.config;
    const store = this.#store = await openStore(databaseUrl, {
      log: logger("store"),
      writes: roles.has("ingest") || roles.has("store"),
      readerPassword,
    });
    this.#shutdown.add("store", () => store.close());
    const bus = await openBus({
      servers: natsServers,
      credentials: await this.#credentials(),
      replicas: this.config.natsReplicas,
      layout: this.config.natsLayout,
      closedQueue: this.config.closedQueue,
      log: logger("bus"),
      signal: this.#stop.signal,
      onState: (state) => this.#busState = state,
    });
    this.#shutdown.add("bus", () => bus.close());
    if (nats !== null) {
      this.#shutdown.add("room", restartWhenRoom(bus, nats, logger("bus")));
    }
    this.#opened.resolve({ bus, store });
    if (this.config.roles.has("store")) {
      this.#shutdown.add("writer", startStoreWriter(bus, store, this.#metrics));
      const { storePending } = this.#metrics;
      this.#shutdown.add("lag", watchStoreLag(bus, (candles) => storePending.set(candles)));
      void keepRetention(store, this.config.retentionDays, this.#stop.signal);
    }
    this.#startWebhooks(bus);
    this.#startHub(bus);
    this.#startSparklines();
    if (this.config.roles.has("ingest")) this.#startIngester(bus, store);
    else followStoredProducts(store, this.catalogue, this.#stop.signal);
  }

  async #credentials(): Promise<string | null> {
    const { natsCreds } = this.config;
    return natsCreds === null ? null : await Deno.readTextFile(natsCreds);
  }

  #startWebhooks(bus: Bus): void {
    const { webhooks, dataDir } = this.config;
    if (webhooks.length === 0) return;
    const started = this.#webhooks = new Webhooks({ bus, webhooks, dataDir });
    this.#shutdown.add("webhooks", () => started.close());
    started.start();
  }

  #startHub(bus: Bus): void {
    const subscription = bus.subscribe(this.hub);
    this.#shutdown.add("hub", () => {
      subscription.close();
      return this.hub.close();
    });
    void this.hub.start();
    bus.onState(({ state }) => {
      if (state === "up") void this.hub.catchUp();
    });
  }

  #startSparklines(): void {
    const refresh = () => this.history.refreshDay(Math.floor(Date.now() / 1000)).catch(() => {});
    this.#shutdown.add("sparklines", every(systemClock, SPARKLINE_EVERY_MS, refresh));
    void refresh();
  }

  #startIngester(bus: Bus, store: Store): void {
    const ingester = this.#ingester = new ShardLease({
      config: this.config,
      bus,
      store,
      catalogue: this.catalogue,
      history: this.history,
      metrics: this.#metrics,
      wanted: (productId) =>
        repairUrgency(this.catalogue.rank(productId), this.hub.isWanted(productId)),
    });
    this.#shutdown.add("exchange", () => ingester.close());
    ingester.start();
  }

  /** Reads what an answer is made of: what was read for several at a time continues one by one. */
  async #read<T>(from: (store: Store) => Promise<T>): Promise<T> {
    const read = await from(this.#readable());
    await this.gate.turns.take();
    return read;
  }

  #readable(): Store {
    if (this.#store === null) throw new Error("the store is still starting");
    return this.#store;
  }
}
