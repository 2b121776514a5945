import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { countdownText } from "./countdown.ts";

/** The time until the live candle, of `length` seconds, closes; updated every second. */
export function CloseCountdown({ length }: { length: number }) {
  const seconds = useSignal<number | null>(null);

  useEffect(() => {
    const tick = () => seconds.value = length - Math.floor(Date.now() / 1000) % length;
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [length]);

  return (
    <span class="countdown" role="timer" title="Until this candle closes">
      Closes in <b>{seconds.value === null ? "–:––" : countdownText(seconds.value)}</b>
    </span>
  );
}
