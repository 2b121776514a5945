import type { ComponentChildren, FunctionComponent } from "preact";
import type { Snapshot } from "./snapshot.ts";

/** Renders a layout or app wrapper around what `Component` renders. */
export type Wrap = (Component: FunctionComponent) => Promise<ComponentChildren | Response>;

/** What a request's context carries beside what routes may see. */
export interface RequestState {
  readonly snapshot: Snapshot;
  /** The app wrapper at this point of the chain. */
  app: Wrap | null;
  /** The current layouts, outermost first. */
  layouts: readonly Wrap[];
}

const states = new WeakMap<object, RequestState>();

/** Binds the state to its context, once, when the request arrives. */
export function bindState(ctx: object, state: RequestState): void {
  states.set(ctx, state);
}

/** The state of a context that the app made. */
export function stateOf(ctx: object): RequestState {
  const state = states.get(ctx);
  if (state === undefined) throw new Error("This context was not made by an App");
  return state;
}
