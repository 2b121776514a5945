import { valuesText } from "../exchange/exchange_candle.ts";
import type { Disagreement, KeptDisagreement } from "../exchange/disagreement.ts";

/** Receives the log lines; a LogTape logger fits. */
export interface DifferenceSink {
  info(message: string, properties: Record<string, unknown>): void;
  warn(message: string, properties: Record<string, unknown>): void;
}

const SHOWN = 10;

/**
 * Logs exact candles that differ from the exchange's own, with both values; only the first few
 * where there are very many.
 */
export function logDifferences(log: DifferenceSink, found: readonly Disagreement[]): void {
  for (const one of found.slice(0, SHOWN)) {
    log.warn(
      "{productId}: {granularity} {start} is {ours}, the exchange has {exchanges}",
      propertiesOf(one),
    );
  }
  const others = found.length - SHOWN;
  if (others > 0) log.warn("{others} more candles are not the exchange's", { others });
}

/** Logs the result of comparing a difference again. */
export function logRechecked(log: DifferenceSink, found: KeptDisagreement): void {
  const properties = propertiesOf(found);
  if (found.state === "resolved") {
    log.info("{productId}: {granularity} {start} is the exchange's too by now", properties);
    return;
  }
  log.warn(
    "{productId}: {granularity} {start} is {ours}, the exchange still has {exchanges}",
    properties,
  );
}

function propertiesOf({ productId, granularity, start, ours, exchanges }: Disagreement) {
  return {
    productId,
    granularity,
    start: new Date(start * 1000).toISOString(),
    ours: valuesText(ours) ?? "none",
    exchanges: valuesText(exchanges) ?? "none",
  };
}
