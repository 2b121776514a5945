import type { ExactPast } from "../../lib/history/exact_pasts.ts";
import { exactPastText, exactSinceText } from "../site/exact_past_text.ts";
import { Hint } from "../site/Hint.tsx";

/** Since when a product is exact, with an explanation on hover. */
export function ExactPastNote({ past }: { past: ExactPast }) {
  const { since, state } = past;
  return (
    <Hint id="exact-past-meaning" text={exactPastText(past)}>
      <span data-exact={since === null ? "none" : state}>{exactSinceText(past)}</span>
    </Hint>
  );
}
