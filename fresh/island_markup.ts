import { type ComponentChildren, type FunctionComponent, h, type VNode } from "preact";
import { Fragment, jsxTemplate } from "preact/jsx-runtime";
import type { Tagged } from "./decode.ts";
import { encode, NotSerializableError } from "./encode.ts";
import { isVNode } from "./is_vnode.ts";
import type { RenderState } from "./render_state.ts";
import type { Island } from "./snapshot.ts";

interface BoundaryProps {
  state: RenderState;
  island: Island;
  component: FunctionComponent<Record<string, unknown>>;
  props: Record<string, unknown>;
}

/** An island between the comments that the browser finds it by. */
export function IslandBoundary({ state, island, component, props }: BoundaryProps): VNode {
  const given: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(props)) {
    const isJsx = name === "children" || isVNode(value);
    given[name] = isJsx && value != null && typeof value !== "function"
      ? slotFor(state, value)
      : value;
  }
  const index = state.islands.push({ island, props: given }) - 1;
  return jsxTemplate([`<!--fresh:island:${index}-->`, "<!--/fresh:island-->"], h(component, given));
}

/** A part of an island's markup that the browser does not render: JSX that came from outside. */
export function Slot({ state, id }: { state: RenderState; id: number }): VNode | null {
  const slot = state.slots[id];
  if (slot === undefined) return null;
  slot.placed = true;
  const content = h(Fragment, null, slot.children);
  return jsxTemplate([`<!--fresh:slot:${id}-->`, "<!--/fresh:slot-->"], content);
}

/**
 * The islands' modules and props, as the scripts that hydrate them; "" without islands.
 * Throws a TypeError naming an island's prop that cannot be sent.
 */
export function islandScripts(state: RenderState): string {
  if (state.islands.length === 0) return "";
  const { snapshot, basePath, nonce } = state;
  const used = new Map<Island, number>();
  for (const { island } of state.islands) if (!used.has(island)) used.set(island, used.size);
  const imports = Array.from(
    used,
    ([{ exportName, module }, index]) =>
      `import{${exportName} as i${index}}from${JSON.stringify(basePath + module)};`,
  );
  const components = Array.from(used.values(), (index) => `i${index}`);
  const boot = `import{boot}from${JSON.stringify(basePath + snapshot.bootModule)};`;
  return `<script type="application/json" id="fresh-islands" nonce="${nonce}">` +
    encodeIslands(state, used) +
    `</script><script type="module" nonce="${nonce}">` +
    `${boot}${imports.join("")}boot([${components.join(",")}]);</script>`;
}

/** The client modules a page needs, as the value of a `Link` header; null for none. */
export function preloadLinks(state: RenderState): string | null {
  if (state.islands.length === 0) return null;
  const { snapshot, basePath } = state;
  const modules = new Set([
    snapshot.bootModule,
    ...state.islands.map(({ island }) => island.module),
  ]);
  for (const module of [...modules]) {
    for (const imported of snapshot.preloads.get(module) ?? []) modules.add(imported);
  }
  return Array.from(
    modules,
    (path) => `<${encodeURI(basePath + path)}>; rel="modulepreload"; as="script"`,
  )
    .join(", ");
}

function slotFor(state: RenderState, value: unknown): ComponentChildren {
  // An island that re-renders on the server gets new slots; the ones before stay unplaced.
  const id = state.slots.push({ children: toChildren(value), placed: false }) - 1;
  return h(Slot, { state, id });
}

function toChildren(value: unknown): ComponentChildren {
  if (typeof value === "string" || typeof value === "number") return value;
  return typeof value === "object" && value !== null ? value : null;
}

function encodeIslands(state: RenderState, used: ReadonlyMap<Island, number>): string {
  const islands = state.islands.map(({ island, props }) => [used.get(island), props]);
  try {
    return encode(islands, encodeSlot);
  } catch (error) {
    if (!(error instanceof NotSerializableError)) throw error;
    const [, index, prop] = /^\[(\d+)\]\[1\]\.?(.*)$/.exec(error.path) ?? [];
    const name = state.islands[Number(index)]?.island.name;
    throw new TypeError(
      `The prop "${prop}" of island <${name}> is ${error.what}, which cannot be sent to the browser`,
      { cause: error },
    );
  }
}

function encodeSlot(value: object): Tagged | undefined {
  if (!isVNode(value) || value.type !== Slot) return undefined;
  const id: unknown = Reflect.get(value.props, "id");
  return { $: "slot", v: Number(id) };
}
