import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { GRANULARITIES } from "../candles/granularity.ts";
import { addFeedMetrics } from "./feed_metrics.ts";
import { addPartMetrics } from "./part_metrics.ts";
import { addProcessMetrics } from "./process_metrics.ts";
import { addQueueMetrics } from "./queue_metrics.ts";
import type { Counts } from "./status.ts";
import { addStreamMetrics } from "./stream_metrics.ts";
import { addWebhookMetrics } from "./webhook_metrics.ts";
import { addWorkMetrics } from "./work_metrics.ts";

const PREFIX = "spot_canvas_";

/** Reasons that should never occur. Others appear with their first case. */
const NEVER = [["aggregate", "final"], ["feed", "time_leap"], ["publish", "queue_full"]] as const;

const AUDIT_OUTCOMES = ["equal", "different", "confirmed", "resolved"] as const;

/**
 * Every number that operators see, in one registry. Label values are words of this program's own
 * (a reason, an outcome, a granularity), never a product, an address or an error's text.
 */
export type Metrics = ReturnType<typeof createMetrics>;

/** Creates the metrics of one process; nothing is global. The caller closes them. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];

  function counter(name: string, help: string): Counter {
    return new Counter({ name: `${PREFIX}${name}_total`, help, registers });
  }

  function counterBy<const Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
  ): Counter<Label> {
    return new Counter({ name: `${PREFIX}${name}_total`, help, labelNames, registers });
  }

  function gauge(name: string, help: string): Gauge {
    return new Gauge({ name: `${PREFIX}${name}`, help, registers });
  }

  function gaugeBy<const Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
  ): Gauge<Label> {
    return new Gauge({ name: `${PREFIX}${name}`, help, labelNames, registers });
  }

  function histogram(name: string, help: string, buckets: number[]): Histogram {
    return new Histogram({ name: `${PREFIX}${name}`, help, buckets, registers });
  }

  const ingest = {
    tradesReceived: counter("trades_received", "Trades that the feed delivered, duplicates too."),
    tradesProcessed: counter("trades_processed", "Trades that changed a candle."),
    dropped: counterBy("dropped", "Messages and trades dropped, by stage and reason.", [
      "stage",
      "reason",
    ]),
    candlesClosed: counterBy("candles_closed", "Candles closed for the first time.", [
      "granularity",
    ]),
    revisions: counterBy("candle_revisions", "Changes of candles already closed.", ["granularity"]),
    candlesProven: counterBy("candles_proven", "Closed candles published as exact.", [
      "granularity",
    ]),
    liveUpdates: counter("live_updates", "Updates of live candles published."),
    leaseHeld: gaugeBy(
      "ingest_lease_held",
      "1 while this process ingests the shard, 0 while it stands by.",
      ["shard"],
    ),
    leaseTakeovers: counter("ingest_lease_takeovers", "Times that this process began to ingest."),
    leaseLosses: counter("ingest_lease_losses", "Times that another process took the shard."),
  };

  const gaps = {
    gapsOpened: counter("gaps_opened", "Gaps of trade ids found."),
    gapsRepaired: counter("gaps_repaired", "Gaps whose trades were all fetched."),
    gapsUnrepairable: counter(
      "gaps_unrepairable",
      "Gaps whose trades the exchange has not shown so far.",
    ),
    gapsOpen: gauge("gaps_open", "Gaps open now."),
  };

  const exchange = {
    /** Counts the feed's events, and copies its numbers before each exposition. */
    feed: addFeedMetrics(registry, PREFIX),
    restRequests: counterBy("rest_requests", "Answers to REST requests, by outcome.", ["outcome"]),
  };

  const audit = {
    auditedCandles: counterBy(
      "audited_candles",
      "Exact candles compared with the exchange's own (equal, different), and what differed and was requested again " +
        "(confirmed, resolved).",
      ["outcome"],
    ),
    auditDifferences: gauge("audit_differences", "Candles that differ from the exchange's own."),
  };

  const bus = {
    publishConflicts: counter(
      "bus_publish_conflicts",
      "Closed candles that the stream had already.",
    ),
  };

  const store = {
    storeBatchRows: histogram(
      "store_batch_rows",
      "Candles in one written batch.",
      [1, 10, 50, 100, 250, 500, 1000, 2500, 5000],
    ),
    storeBatchSeconds: histogram(
      "store_batch_duration_seconds",
      "Time from a batch's first statement to its commit.",
      [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    ),
    storeRetries: counter(
      "store_retries",
      "Batches that the database did not accept at the first attempt.",
    ),
    storePending: gauge("store_pending_candles", "Closed candles that are not stored yet."),
    deadLetters: counter("store_dead_letters", "Messages set aside because no row can hold them."),
  };

  let writtenCandles = 0;
  const requestsRefused = counterBy(
    "requests_refused",
    "Requests refused: too many of one address (rate, probes), too long, or too many at a time.",
    ["reason"],
  );
  const answersCut = counter(
    "answers_cut",
    "Long answers cut off since their clients did not read.",
  );
  const answersUnread = gauge("answers_unread_bytes", "Bytes of answers that wait to be read.");

  // A series that exists from the start lets an alert distinguish "never" from "not measured".
  for (const granularity of GRANULARITIES) {
    ingest.candlesClosed.inc({ granularity }, 0);
    ingest.candlesProven.inc({ granularity }, 0);
    ingest.revisions.inc({ granularity }, 0);
  }
  for (const outcome of AUDIT_OUTCOMES) audit.auditedCandles.inc({ outcome }, 0);
  for (const [stage, reason] of NEVER) ingest.dropped.inc({ stage, reason }, 0);

  const sampler = addProcessMetrics(registry, PREFIX);
  return {
    ...ingest,
    ...gaps,
    ...exchange,
    ...audit,
    ...bus,
    ...store,
    /** Copies the status that `/readyz` shows. Call it before each exposition. */
    observeParts: addPartMetrics(registry, PREFIX),
    /** Copies a queue's level. Call it before each exposition. */
    observeQueue: addQueueMetrics(registry, PREFIX),
    /** Counts a batch that the database has stored. */
    batchWritten(rows: number, seconds: number): void {
      store.storeBatchRows.observe(rows);
      store.storeBatchSeconds.observe(seconds);
      writtenCandles += rows;
    },
    /** The counts for pages, each the sum over a metric's labels. */
    async counts(): Promise<Omit<Counts, "sentFrames">> {
      const [trades, liveUpdates, closedCandles, restRequests, dropped, deadLetters] = await Promise
        .all([
          total(ingest.tradesReceived),
          total(ingest.liveUpdates),
          total(ingest.candlesClosed),
          total(exchange.restRequests),
          total(ingest.dropped),
          total(store.deadLetters),
        ]);
      return {
        trades,
        liveUpdates,
        closedCandles,
        writtenCandles,
        restRequests,
        dropped,
        deadLetters,
        cpuSeconds: sampler.cpuSeconds(),
        lagSamples: sampler.lag.samples,
        lagSeconds: sampler.lag.seconds,
      };
    },
    memoryBytes: (): number => sampler.memoryBytes(),
    /** Copies the numbers of refused requests and of unread answers. Call it before each exposition. */
    observeRequests(
      refused: Readonly<Record<string, number>>,
      unread: { readonly cut: number; readonly bytes: number },
    ): void {
      requestsRefused.reset();
      for (const [reason, count] of Object.entries(refused)) requestsRefused.inc({ reason }, count);
      answersCut.reset();
      answersCut.inc(unread.cut);
      answersUnread.set(unread.bytes);
    },
    /** Copies the states of webhooks. Call it before each exposition. */
    observeWebhooks: addWebhookMetrics(registry, PREFIX),
    /** Copies the figures of bounded work. Call it before each exposition. */
    observeWork: addWorkMetrics(registry, PREFIX),
    /** Copies the hub's numbers. Call it before each exposition. */
    observeStreams: addStreamMetrics(registry, PREFIX),
    /** The exposition in Prometheus' text format, to be served as `contentType`. */
    text: (): Promise<string> => registry.metrics(),
    /** The same as values. */
    families: () => registry.getMetricsAsJSON(),
    contentType: registry.contentType,
    /** Stops the sampler; the numbers stay readable. */
    close: (): void => sampler.close(),
  } as const;
}

async function total<Label extends string>(counter: Counter<Label>): Promise<number> {
  const { values } = await counter.get();
  return values.reduce((sum, { value }) => sum + value, 0);
}
