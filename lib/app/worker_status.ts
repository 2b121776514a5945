import type { PartState, Status } from "../metrics/status.ts";

/** What is shown of what the parent does, while that does not answer. */
const PARENT_SILENT: PartState = { state: "down", detail: "the ingesting process does not answer" };

/**
 * What a web worker shows: its own bus and store where they are worse than its parent's, and of the rest what its parent
 * reported last; null if that is not known now.
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
