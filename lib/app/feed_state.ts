import type { ConnectionStats } from "../exchange/trade_feed.ts";
import type { PartState } from "../metrics/status.ts";

/** Most products that one line names. */
const MAX_NAMED = 5;

export type FeedStats = Pick<ConnectionStats, "delivery" | "products" | "heartbeats">;

/**
 * The state of the exchange's feed: up when every connection delivers all its products, degraded
 * when some are delivered, down when none are. It follows outcomes, so that it does not change with
 * every attempt.
 */
export function feedState(connections: readonly FeedStats[]): PartState {
  const up = connections.filter(({ delivery }) => delivery.state === "up");
  const down = connections.filter(({ delivery }) => delivery.state === "down");
  const reason = down[0]?.delivery.reason ?? null;
  if (up.length === 0) {
    return reason === null ? { state: "starting", detail: null } : {
      state: "down",
      detail: `The exchange sends nothing (${reason}); it is being tried again`,
    };
  }
  const details = [
    ...countText(down.length, connections.length, `down (${reason})`),
    ...countText(
      connections.length - up.length - down.length,
      connections.length,
      "starting",
    ),
    ...refusedText(up),
    ...countText(
      up.filter(({ heartbeats }) => !heartbeats).length,
      connections.length,
      "without heartbeats",
    ),
  ];
  return details.length === 0
    ? { state: "up", detail: null }
    : { state: "degraded", detail: details.join("; ") };
}

function countText(count: number, all: number, what: string): string[] {
  if (count === 0) return [];
  return [`${count} of ${all} connections ${count === 1 ? "is" : "are"} ${what}`];
}

function refusedText(connections: readonly FeedStats[]): string[] {
  const refused = connections.flatMap(({ delivery }) => [...delivery.refused]);
  if (refused.length === 0) return [];
  const named = refused.slice(0, MAX_NAMED).map(([product, words]) => `${product} (${words})`);
  const more = refused.length - named.length;
  return [
    `The exchange refuses ${named.join(", ")}${more === 0 ? "" : ` and ${more} more products`}`,
  ];
}
