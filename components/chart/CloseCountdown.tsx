import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Granularity } from "../../lib/candles/granularity.ts";
import { GRANULARITY_SECONDS } from "../../lib/candles/granularity.ts";
import { countdownText } from "./countdown.ts";

/** How long the live candle still has, each second. */
export function CloseCountdown({ granularity }: { granularity: Granularity }) {
  const seconds = useSignal<number | null>(null);

  useEffect(() => {
    const length = GRANULARITY_SECONDS[granularity];
    const tick = () => seconds.value = length - Math.floor(Date.now() / 1000) % length;
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [granularity]);

  return (
    <span class="countdown" role="timer" title="Until this candle closes">
      Closes in <b>{seconds.value === null ? "–:––" : countdownText(seconds.value)}</b>
    </span>
  );
}
