import type {
  Counts,
  FeedConnection,
  PartState,
  ProductsState,
  RepairState,
  Services,
  StreamFigures,
  WebhookState,
  WorkersState,
} from "../../app.ts";
import { RateMeter } from "./rate_meter.ts";

/** All that the operations page shows; plain values, so that it travels as JSON. */
export interface Operations {
  readonly atMs: number;
  readonly startedAtMs: number;
  readonly version: string;
  readonly roles: readonly string[];
  readonly shard: { readonly index: number; readonly count: number };
  readonly products: number;
  readonly chosen: ProductsState;
  readonly feed: PartState;
  readonly bus: PartState;
  readonly store: PartState;
  readonly connections: readonly FeedConnection[];
  readonly repair: RepairState | null;
  readonly webhooks: readonly WebhookState[];
  /** Null where there is one process. */
  readonly workers: WorkersState | null;
  readonly streams: StreamFigures & { readonly most: number };
  /** Per second. */
  readonly rates: {
    readonly trades: number;
    readonly liveUpdates: number;
    readonly closedCandles: number;
    readonly writtenCandles: number;
    readonly sentFrames: number;
    readonly restRequests: number;
  };
  /** Closed candles waiting for the bus. */
  readonly queued: number;
  /** Messages and trades that could not be used, and closed candles that no row can hold, since the start. */
  readonly dropped: number;
  readonly deadLetters: number;
  readonly memoryBytes: number;
  /** Share of one core, averaged as the rates are. */
  readonly cpu: number;
  /** How late the event loop runs on average. */
  readonly lagMs: number;
}

const meters = new WeakMap<Services["hub"], RateMeter<keyof Counts>>();

/** Collects everything once. */
export async function operations(services: Services, nowMs: number): Promise<Operations> {
  const { config, hub, catalogue } = services;
  const status = services.status();
  const startedAtMs = status.startedAt * 1000;
  const { counts, streams, closedQueued, memoryBytes } = await services.figures();
  let meter = meters.get(hub);
  if (meter === undefined) meters.set(hub, meter = new RateMeter(startedAtMs));
  const rate = meter.rates({ atMs: nowMs, values: counts });
  const lags = rate("lagSamples");
  return {
    atMs: nowMs,
    startedAtMs,
    version: status.version,
    roles: [...config.roles],
    shard: config.shard,
    products: catalogue.ids().length,
    chosen: status.products,
    feed: status.feed,
    bus: status.bus,
    store: status.store,
    connections: status.connections,
    repair: status.repair,
    webhooks: status.webhooks,
    workers: status.workers,
    streams: { ...streams, most: config.maxStreams },
    rates: {
      trades: rate("trades"),
      liveUpdates: rate("liveUpdates"),
      closedCandles: rate("closedCandles"),
      writtenCandles: rate("writtenCandles"),
      sentFrames: rate("sentFrames"),
      restRequests: rate("restRequests"),
    },
    queued: closedQueued,
    dropped: counts.dropped,
    deadLetters: counts.deadLetters,
    memoryBytes,
    cpu: rate("cpuSeconds"),
    lagMs: lags === 0 ? 0 : rate("lagSeconds") / lags * 1000,
  };
}
