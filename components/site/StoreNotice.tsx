import type { PartState } from "../../app.ts";
import { Icon } from "./Icon.tsx";
import { sentence } from "./sentence.ts";

/**
 * A notice that history is missing, or that none is stored, while the database is not what it should be; nothing
 * otherwise. Where the database is and how it fails is no visitor's matter: `/status` and `/readyz` have it.
 */
export function StoreNotice({ store }: { store: PartState }) {
  const problem = problemOf(store);
  if (problem === null) return null;
  return (
    <div class="alert alert-warning alert-soft mt-4" role="status">
      <Icon path="M8 2 15 14H1zM8 6.5V10M8 12v.1" class="size-5" />
      <span>{problem} Live prices continue, and nothing is lost.</span>
    </div>
  );
}

function problemOf({ state, detail }: PartState): string | null {
  if (state === "down") return "History is not available at the moment.";
  // It can still be read.
  if (state !== "degraded") return null;
  return sentence(`New candles cannot be stored at the moment${detail ? `: ${detail}` : ""}`);
}
