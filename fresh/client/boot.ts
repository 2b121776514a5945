import { type ComponentType, h, type VNode } from "preact";
import { findMarked, markedAt } from "./markers.ts";
import { hydrateBetween } from "./root.ts";

/** Hydrates the page's islands. `components` are those that the page uses, by their numbers in its data. */
export async function boot(
  components: readonly ComponentType<Record<string, unknown>>[],
): Promise<void> {
  const json = document.getElementById("fresh-islands")?.textContent ?? "";
  // Most pages have no slots, and are not made to load what reads them.
  const slots = json.includes('"$":"slot"')
    ? new (await import("./slots.ts")).Slots({ findMarked, markedAt }, make)
    : null;
  const islands = isPlain(json) ? JSON.parse(json).root : (await import("../decode.ts")).decode(
    json,
    (kind, id) => kind === "slot" ? slots?.vnode(Number(id)) : undefined,
  );

  function make(id: number): VNode<Record<string, unknown>> {
    const [component, props] = entry(islands, id);
    const found = components[component];
    if (found === undefined) throw new Error(`No island ${id}`);
    return h(found, props);
  }

  const marked = findMarked("island", document.body.childNodes);
  for (const { nodes } of marked) slots?.read(nodes);
  for (const { id, nodes, end } of marked) {
    // Each in a separate task: the page answers clicks in between, and one that fails leaves its
    // server-rendered markup, and the others are hydrated.
    setTimeout(() => {
      const parent = (nodes[0] ?? end)?.parentNode;
      if (parent != null) hydrateBetween(make(id), parent, nodes, end);
    });
  }
}

/** Whether nothing in it needs decoding, which most pages then do not load either. In texts quotes are escaped. */
function isPlain(json: string): boolean {
  return !json.includes('"$":');
}

function entry(islands: unknown, id: number): [number, Record<string, unknown>] {
  const found: unknown = Array.isArray(islands) ? islands[id] : undefined;
  if (!Array.isArray(found)) throw new Error(`No data for island ${id}`);
  const [component, props] = found;
  return [Number(component), props];
}
