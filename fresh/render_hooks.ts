import { Fragment, type FunctionComponent, h, type Options, options, type VNode } from "preact";
import { activeLink } from "./active_link.ts";
import { Head } from "./head.ts";
import { HEAD_TAGS, headKey } from "./head_key.ts";
import { IslandBoundary, Slot } from "./island_markup.ts";
import type { RenderState } from "./render_state.ts";

// Preact calls `__b` with each vnode before it renders it; its typings leave that hook out.
interface RenderHooks extends Options {
  __b?: (vnode: VNode) => void;
}

let current: RenderState | null = null;

/** Runs a synchronous rendering whose islands, head elements and scripts are collected in `state`. */
export function withRenderState<T>(state: RenderState, render: () => T): T {
  const outer = current;
  current = state;
  try {
    return render();
  } finally {
    current = outer;
    state.restore();
  }
}

const hooks: RenderHooks = options;
const before = hooks.__b;
hooks.__b = (vnode) => {
  if (current !== null) {
    if (typeof vnode.type === "string") enterElement(current, vnode, vnode.type);
    else if (vnode.type !== Fragment) enterComponent(current, vnode);
  }
  before?.(vnode);
};
const after = hooks.diffed;
hooks.diffed = (vnode) => {
  if (current !== null && typeof vnode.type === "function") leaveComponent(current, vnode.type);
  after?.(vnode);
};

function enterComponent(state: RenderState, vnode: VNode): void {
  const component: unknown = vnode.type;
  if (component === Head) state.headDepth++;
  if (component === Slot) state.inIsland.push(false);
  if (state.snapshot.islands.size === 0) return;
  if (component === IslandBoundary) state.inIsland.push(true);
  else if (state.inIsland.at(-1) !== true && isComponent(component)) {
    const island = state.snapshot.islands.get(component);
    if (island === undefined) return;
    state.inIsland.push(true);
    const boundary = h(IslandBoundary, { state, island, component, props: { ...vnode.props } });
    patchLike(state, vnode, boundary);
  }
}

function leaveComponent(state: RenderState, component: unknown): void {
  if (component === Head) state.headDepth--;
  else if (component === Slot || component === IslandBoundary) state.inIsland.pop();
}

function enterElement(state: RenderState, vnode: VNode, tag: string): void {
  switch (tag) {
    case "a": {
      if (attribute(vnode, "aria-current") !== undefined) return;
      const active = activeLink(attribute(vnode, "href"), state.place);
      if (active !== null) setAttributes(state, vnode, active);
      return;
    }
    case "html":
      state.sawHtml = true;
      return;
    case "head":
      if (state.phase === "head") return;
      state.sawHead = true;
      state.headChildren = vnode.props.children;
      return setChildren(state, vnode, state.placeholder("head"));
    case "body":
      state.sawBody = true;
      return setChildren(state, vnode, [vnode.props.children, state.placeholder("body")]);
  }
  if (!HEAD_TAGS.has(tag)) return;
  if ((tag === "script" || tag === "style") && !attribute(vnode, "nonce")) {
    setAttributes(state, vnode, { nonce: state.nonce });
  }
  if (state.headDepth > 0) {
    moveToHead(state, vnode, tag);
  } else if (state.phase === "head" && state.head.size > 0) {
    const key = headKey(vnode);
    const replacement = state.head.get(key);
    if (replacement === undefined) return;
    state.head.delete(key);
    state.patch(vnode, replacement.type, replacement.props);
  }
}

function moveToHead(state: RenderState, vnode: VNode, tag: string): void {
  // Deleted first, so that the order is that of the last ones rendered.
  const key = headKey(vnode);
  const props = vnode.key == null ? vnode.props : { ...vnode.props, "data-key": vnode.key };
  state.head.delete(key);
  state.head.set(key, { type: tag, props });
  patchLike(state, vnode, h(Fragment, null));
}

function attribute(vnode: VNode, name: string): unknown {
  return Reflect.get(vnode.props, name);
}

function setAttributes(state: RenderState, vnode: VNode, attributes: Record<string, string>): void {
  state.patch(vnode, vnode.type, { ...vnode.props, ...attributes });
}

function setChildren(state: RenderState, vnode: VNode, children: VNode["props"]["children"]): void {
  state.patch(vnode, vnode.type, { ...vnode.props, children });
}

function patchLike<Props>(state: RenderState, vnode: VNode, model: VNode<Props>): void {
  const { type, props }: { type: unknown; props: VNode["props"] } = model;
  if (isComponent(type)) state.patch(vnode, type, props);
}

function isComponent(value: unknown): value is FunctionComponent<Record<string, unknown>> {
  return typeof value === "function";
}
