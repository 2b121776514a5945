import type { PartState, Status } from "../metrics/status.ts";

/** The state of the parent's parts while the parent does not answer. */
const PARENT_SILENT: PartState = { state: "down", detail: "the ingesting process does not answer" };

/**
 * A web worker's status: its own bus and store where they are worse than its parent's, and its parent's last report for
 * the rest. `parent` is null while it does not answer.
 */
export function workerStatus(own: Status, parent: Status | null): Status {
  if (parent === null) {
    return { ...own, feed: PARENT_SILENT, products: { ...PARENT_SILENT, unavailable: [] } };
  }
  return {
    ...parent,
    bus: worse(own.bus, parent.bus),
    store: worse(own.store, parent.store),
  };
}

function worse(own: PartState, parents: PartState): PartState {
  return own.state === "up" || own.state === "degraded" ? parents : own;
}
