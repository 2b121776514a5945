import type { Bus } from "../bus/bus.ts";
import { logger } from "../log.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { Store } from "../store/store.ts";
import { runWriter, type WriterMetric } from "../store/writer.ts";
import { pause } from "../time/pause.ts";
import { StoreCatchUp } from "./store_catch_up.ts";
import { untilDone } from "./until_done.ts";

const WRITER_BATCH = 2000;
const WRITER_WAIT_MS = 200;
/** How long closing waits for the mark. */
const MARK_TIMEOUT_MS = 500;

/** Writes closed candles from the bus to the database until `close`, and requests redelivery of those that it lacks. */
export function startStoreWriter(bus: Bus, store: Store, metrics: Metrics): () => Promise<void> {
  const stop = new AbortController();
  const { signal } = stop;
  const catchUp = new StoreCatchUp({ bus, mark: store.mark, log: logger("store"), signal });
  const write = async () => {
    await store.ready();
    await catchUp.look();
    await runWriter({
      batches: bus.consumeClosed({ maxBatch: WRITER_BATCH, maxWaitMs: WRITER_WAIT_MS, signal }),
      candles: store.candles,
      deadLetters: store.deadLetters,
      log: logger("store"),
      onMetric: (metric) => {
        countWrite(metrics, metric);
        if (metric.kind === "written") catchUp.touch();
      },
      onDiskFull: (isFull) => store.diskIsFull(isFull),
      signal,
    });
  };
  const writing = untilDone("Writing candles to the database", write, {
    log: logger("store"),
    signal,
  });
  const following = store.ready().then(() => catchUp.run(), () => {});
  return async () => {
    stop.abort();
    await writing;
    await following;
    // So that the next start finds the mark where the acknowledgements are.
    await Promise.race([catchUp.look(), pause(MARK_TIMEOUT_MS)]);
  };
}

function countWrite(metrics: Metrics, metric: WriterMetric): void {
  if (metric.kind === "written") {
    metrics.batchWritten(metric.rows, metric.ms / 1000);
  } else if (metric.kind === "retry") metrics.storeRetries.inc();
  else if (metric.kind === "dead" || metric.kind === "lost") metrics.deadLetters.inc();
}
