import type { ExactPast } from "../../lib/history/exact_pasts.ts";
import { exactSinceText, shortSince } from "../site/exact_past_text.ts";

/**
 * Since when a product's candles are exact, in a row: the date, and a sign for the state of older
 * ones.
 */
export function ExactSince({ past }: { past: ExactPast }) {
  const { since, state } = past;
  return (
    <span data-exact={since === null ? "none" : state} title={exactSinceText(past)}>
      {since === null ? "–" : shortSince(since)}
      {since !== null && state !== "whole" && <span class="sr-only">, {state}</span>}
    </span>
  );
}
