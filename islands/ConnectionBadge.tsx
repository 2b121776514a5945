import type { Connection } from "../lib/browser/connection.ts";
import { connection } from "../lib/browser/connection.ts";
import { clockText } from "../components/utc_time.ts";

/** What the server knew of its feed when it made the page. */
export interface ConnectionBadgeProps {
  readonly feedUp: boolean;
  readonly madeAtMs: number;
}

/** Says how fresh the page is, always: live, reconnecting, stale since when, or a snapshot of when. */
export default function ConnectionBadge({ feedUp, madeAtMs }: ConnectionBadgeProps) {
  const { state, dataAtMs } = connection.value;
  return (
    <span
      class="connection"
      role="status"
      data-state={state === "idle" && !feedUp ? "stale" : state}
    >
      {wording(state, clockText(dataAtMs ?? madeAtMs), feedUp)}
    </span>
  );
}

function wording(state: Connection["state"], clock: string, feedUp: boolean): string {
  switch (state) {
    case "idle":
      return feedUp ? `As of ${clock} UTC` : "No feed";
    case "connecting":
      return "Connecting";
    case "live":
      return "Live";
    case "reconnecting":
      return "Reconnecting";
    case "stale":
      return `Stale since ${clock} UTC`;
  }
}
