import { type DownloadPlaces, Downloads } from "../api/downloads.ts";
import type { StreamDoor } from "../api/stream_answer.ts";
import { FinalPages } from "../api/final_pages.ts";
import { READ_LIMITS, RESUME_LIMITS } from "../api/read_limits.ts";
import { Archive } from "../history/archive.ts";
import { AuditDates } from "../history/audit_dates.ts";
import { ExactPasts } from "../history/exact_pasts.ts";
import { Screener } from "../history/screener.ts";
import { type Bus, openBus } from "../bus/bus.ts";
import type { BusState } from "../bus/bus_state.ts";
import { epochSeconds, type Granularity } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import { Catalogue } from "../exchange/catalogue.ts";
import type { Config, Role } from "../config.ts";
import { EmbeddedError } from "../embedded/mod.ts";
import { History } from "../history/history.ts";
import { UnstoredCandles } from "../history/unstored_candles.ts";
import { logger } from "../log.ts";
import { createMetrics } from "../metrics/metrics.ts";
import { CostBudget } from "../http/cost_budget.ts";
import { RequestGate } from "../http/request_gate.ts";
import { type RequestLimit, RequestRate } from "../http/request_rate.ts";
import type { Shutdown } from "./shutdown.ts";
import { ShardLease } from "./shard_lease.ts";
import { restartWhenRoom } from "./nats_disk_space.ts";
import { repairUrgency } from "./repair_urgency.ts";
import { systemClock } from "../time/clock.ts";
import { Momentary } from "../time/momentary.ts";
import { aborted } from "../time/pause.ts";
import { keepRetention } from "./retention_rounds.ts";
import { watchStoreLag } from "./store_lag.ts";
import { followStoredProducts } from "./stored_products.ts";
import { type Figures, OFF, type PartState, STARTING, type Status } from "../metrics/status.ts";
import { openStore, type Store } from "../store/store.ts";
import { Hub } from "../stream/hub.ts";
import { BusCandles, closedOnBus, currentCandle, recentCandles } from "./hub_candles.ts";
import { partState } from "./part_state.ts";
import { findServers, type Servers } from "./servers.ts";
import { keepSparklines } from "./sparkline_rounds.ts";
import { storedUpTo } from "./stored_up_to.ts";
import { VERSION } from "./version.ts";
import { workerStatus } from "./worker_status.ts";
import { Webhooks } from "./webhooks.ts";
import type { CatalogueContent, Condition, Report } from "../workers/messages.ts";
import type { ParentLink } from "../workers/parent_link.ts";
import { WorkerDownloads, WorkerRequests, WorkerStreams } from "../workers/worker_limits.ts";
import type { WebWorkers } from "../workers/web_workers.ts";
import { startStoreWriter } from "./store_writer.ts";

const STATUS_MOMENT_MS = 100;
/** A process's relation to the others of one start: at most one of the two is not null. */
export interface Processes {
  /** A web worker's link to its parent, which ingests and counts what is limited. */
  readonly parent: ParentLink | null;
  /** The web workers that serve the port in place of this process. */
  readonly workers: WebWorkers | null;
}

const ALONE: Processes = { parent: null, workers: null };

/**
 * All of Spot Canvas except its pages. Construction opens nothing; `start` opens the parts in the
 * background, and which of them are up is reported from the first moment. `start` registers what it
 * opens with the shutdown, which closes it.
 */
export class SpotCanvas {
  readonly config: Config;
  readonly catalogue = new Catalogue();
  readonly hub: Hub;
  readonly streams: StreamDoor;
  readonly history: History;
  readonly archive: Archive;
  readonly auditDates = new AuditDates(async () => await this.#readable().audits.auditedUntil());
  readonly exactPasts: ExactPasts;
  readonly screener = new Screener({
    products: () => this.catalogue.ids(),
    recent: async (ids, window) => await this.#readable().screener.recent(ids, window),
    hourly: async (ids, window) => await this.#readable().screener.hourly(ids, window),
  });
  readonly requests: RequestLimit;
  readonly downloads: DownloadPlaces;
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

  constructor(
    config: Config,
    shutdown: Shutdown,
    private readonly processes: Processes = ALONE,
  ) {
    this.config = config;
    this.exactPasts = new ExactPasts({
      starts: async () => await this.#readable().products.exactStarts(),
      exactDays: config.exactDays,
    });
    const { parent } = processes;
    const streams = parent === null ? null : new WorkerStreams(parent);
    this.requests = parent === null
      ? new RequestRate(config.maxRequestsPerIp)
      : new WorkerRequests(parent, config.maxRequestsPerIp > 0);
    this.downloads = parent === null ? new Downloads() : new WorkerDownloads(parent);
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
      admission: streams?.admission,
      resumes: this.#resumes,
      turn: () => this.gate.turns.take(),
      onProblem: (what, error) => this.#log.warn("{what}", { what, error }),
    });
    this.streams = streams === null
      ? this.hub
      : { connect: (request) => streams.connect(this.hub, request) };
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
      closes: async (from) => await this.#readable().candles.closingPrices(from, "THIRTY_MINUTE"),
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
    if (parent !== null) this.#serveParent(parent);
  }

  /**
   * Opens everything in the background, while pages are already answered. Resolves when everything
   * runs or has failed finally.
   */
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

  async pastVersion(productId: ProductId, granularity: Granularity): Promise<string> {
    return await this.#readable().backfills.version(productId, granularity);
  }

  isAlive(): boolean {
    const { parent } = this.processes;
    return parent === null || parent.status !== null;
  }

  /** The status, computed at most ten times a second: a page reads it twice, and 500 products are counted for it. */
  status(): Status {
    return this.#status.get();
  }

  #newStatus(): Status {
    const { parent } = this.processes;
    const own = this.#ownStatus();
    return parent === null ? own : workerStatus(own, parent.status);
  }

  #ownStatus(): Status {
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
      workers: this.processes.workers?.state ?? null,
      simulated: this.config.simulated,
      version: VERSION,
      startedAt: this.#startedAt,
    };
  }

  /** The Prometheus exposition text, of all processes; null in a worker whose parent does not answer. */
  async metrics(): Promise<string | null> {
    const { parent } = this.processes;
    if (parent !== null) return await parent.metrics().catch(() => null);
    this.#observe();
    return await this.#metrics.text();
  }

  /** Figures of the operations page: of all processes, or of this worker alone if its parent does not answer. */
  async figures(): Promise<Figures> {
    const { parent } = this.processes;
    if (parent === null) return await this.#ownFigures();
    return await parent.figures().catch(() => this.#ownFigures());
  }

  /** This process's own figures. */
  async report(): Promise<Report> {
    this.#observe();
    return { families: await this.#metrics.families(), figures: await this.#ownFigures() };
  }

  #observe(): void {
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
  }

  async #ownFigures(): Promise<Figures> {
    this.#ingester?.observe();
    const counts = await this.#metrics.counts();
    const { framesSent, clients, lagging, resuming, refused, dropped } = this.hub.stats();
    return {
      counts: { ...counts, sentFrames: framesSent },
      streams: {
        open: clients,
        lagging,
        resuming,
        turnedAway: sum(refused),
        cutOff: sum(dropped),
      },
      closedQueued: this.#ingester?.closedQueued ?? 0,
      memoryBytes: this.#metrics.memoryBytes(),
    };
  }

  async #start(): Promise<void> {
    this.#shutdown.add("starting", () => this.#stop.abort());
    const { parent, workers } = this.processes;
    const servers = await this.#findServers(parent);
    const { databaseUrl, natsServers, nats, readerPassword, close } = servers;
    if (close !== null) this.#shutdown.add("embedded servers", close);
    if (workers !== null) {
      workers.found({ databaseUrl, natsServers });
      this.#shutdown.add("web workers", () => workers.ended());
    }
    const roles: ReadonlySet<Role> = parent === null ? this.config.roles : new Set(["web"]);
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
    if (roles.has("store")) {
      this.#shutdown.add("writer", startStoreWriter(bus, store, this.#metrics));
      const { storePending } = this.#metrics;
      this.#shutdown.add("lag", watchStoreLag(bus, (candles) => storePending.set(candles)));
      void keepRetention(store, this.config.retentionDays, this.#stop.signal);
    }
    if (parent === null) this.#startWebhooks(bus);
    if (workers === null) {
      this.#startHub(bus);
      void keepSparklines(this.history, this.#stop.signal);
    }
    if (roles.has("ingest")) this.#startIngester(bus, store);
    else if (parent === null) followStoredProducts(store, this.catalogue, this.#stop.signal);
  }

  async #findServers(parent: ParentLink | null): Promise<Servers> {
    const { signal } = this.#stop;
    if (parent === null) return await findServers(this.config, { log: this.#log, signal });
    const urls = await Promise.race([parent.servers, aborted(signal)]);
    // The start was aborted.
    if (urls === undefined) throw signal.reason;
    return { ...urls, nats: null, readerPassword: null, close: null };
  }

  #serveParent(parent: ParentLink): void {
    const stop = parent.serve({
      condition: () => this.#condition(),
      report: () => this.report(),
      catalogue: ({ products, absences }: CatalogueContent) => {
        this.catalogue.set(products);
        if (absences !== null) this.catalogue.explain(absences);
      },
    });
    this.#shutdown.add("reports to the parent", stop);
  }

  #condition(): Condition {
    const { bus, store } = this.#ownStatus();
    return { bus, store, streams: this.hub.stats().clients, named: this.hub.wanted() };
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

  #startIngester(bus: Bus, store: Store): void {
    const ingester = this.#ingester = new ShardLease({
      config: this.config,
      bus,
      store,
      catalogue: this.catalogue,
      history: this.history,
      metrics: this.#metrics,
      wanted: (productId) =>
        repairUrgency(
          this.catalogue.rank(productId),
          this.hub.isWanted(productId) || (this.processes.workers?.isWanted(productId) ?? false),
        ),
    });
    this.#shutdown.add("exchange", () => ingester.close());
    ingester.start();
  }

  /**
   * Reads for an answer. Readers that were served together continue one per turn of the event loop.
   */
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

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
