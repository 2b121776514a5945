import type { EpochSeconds } from "../../lib/candles/granularity.ts";
import { isoText, startText } from "../site/utc_time.ts";

/** Until when a product's exact candles were compared with the exchange's own; nothing if they were not. */
export function AuditedUntil({ until }: { until: EpochSeconds | null }) {
  if (until === null) return null;
  return (
    <p>
      Compared with the exchange’s own candles until{" "}
      <time datetime={isoText(until)}>{startText(until, "ONE_MINUTE")} UTC</time>.
    </p>
  );
}
