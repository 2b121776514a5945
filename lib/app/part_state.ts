import type { PartState } from "../metrics/status.ts";

/** Translates the state of the bus or the store into a state of the status. */
export function partState(
  state: { readonly state: string; readonly reason: string | null } | null,
): PartState | null {
  if (state === null) return null;
  const detail = state.reason;
  if (state.state === "up" || state.state === "degraded") return { state: state.state, detail };
  return { state: state.state === "connecting" && detail === null ? "starting" : "down", detail };
}
