import { connection } from "../lib/browser/connection.ts";

/** The state of the server's feed when it rendered the page. */
export interface ConnectionBadgeProps {
  readonly feedUp: boolean;
  readonly madeAtMs: number;
}

/** Always shows how fresh the page is: live, reconnecting, stale since a time, or a snapshot of a time. */
export default function ConnectionBadge({ feedUp, madeAtMs }: ConnectionBadgeProps) {
  const { state, dataAtMs } = connection.value;
  const shown = state === "idle" && !feedUp ? "noFeed" : state;
  return (
    <span class="connection" role="status" data-state={shown === "noFeed" ? "stale" : shown}>
      <span>
        {WORD[shown]}
        {(shown === "idle" || shown === "stale") && (
          <>
            <span class="max-[44rem]:sr-only">{shown === "idle" ? "As of " : "since "}</span>
            {clockText(dataAtMs ?? madeAtMs)}
            <span class="max-[44rem]:hidden">&nbsp;UTC</span>
          </>
        )}
      </span>
    </span>
  );
}

const WORD = {
  idle: "",
  noFeed: "No feed",
  connecting: "Connecting",
  live: "Live",
  reconnecting: "Reconnecting",
  stale: "Stale ",
} as const;

function clockText(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(11, 19);
}
