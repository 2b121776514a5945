import { type ComponentChild, type ComponentType, h, type VNode } from "preact";
import { useState } from "preact/hooks";
import type { findMarked, markedAt } from "./markers.ts";

/** Makes an island's vnode by its number; islands inside a slot are rendered by the island around it. */
export type MakeIsland = (id: number) => VNode;

/**
 * Passed in and not imported: from what two modules import, the bundler makes a third module to
 * load.
 */
interface Markers {
  readonly findMarked: typeof findMarked;
  readonly markedAt: typeof markedAt;
}

// A slot's DOM as it came from the server, described before hydration changes it.
type Part =
  | string
  | { readonly island: number }
  | {
    readonly tag: string;
    readonly attributes: Record<string, string | true>;
    readonly parts: readonly Part[];
  };

export class Slots {
  readonly #markers: Markers;
  readonly #makeIsland: MakeIsland;
  readonly #slots = new Map<number, readonly Part[]>();
  readonly #Slot: ComponentType<{ id: number }>;

  constructor(markers: Markers, makeIsland: MakeIsland) {
    this.#markers = markers;
    this.#makeIsland = makeIsland;
    this.#Slot = ({ id }: { id: number }) => {
      // The same vnodes at every rendering: what came from the server does not change.
      const [content] = useState(() => this.#partsOf(id).map((part) => this.#toVNode(part)));
      return content;
    };
  }

  /** Reads the slots inside these nodes, and the slots inside those. Call it before anything is hydrated. */
  read(nodes: Iterable<Node>): void {
    for (const { id, nodes: content } of this.#markers.findMarked("slot", nodes)) {
      this.#slots.set(id, this.#readParts(content));
    }
  }

  /** The component that stands for a slot in an island's props. */
  vnode(id: number): VNode<{ id: number }> {
    return h(this.#Slot, { id });
  }

  #partsOf(id: number): readonly Part[] {
    const known = this.#slots.get(id);
    if (known !== undefined) return known;
    // An island that had not placed it yet: the server left it in a template.
    const template = document.getElementById(`fresh-slot-${id}`);
    const parts = template instanceof HTMLTemplateElement
      ? this.#readParts(template.content.childNodes)
      : [];
    this.#slots.set(id, parts);
    return parts;
  }

  #readParts(nodes: Iterable<Node>): Part[] {
    const parts: Part[] = [];
    const skipped = new Set<Node>();
    for (const node of nodes) {
      if (skipped.has(node)) continue;
      const marked = this.#markers.markedAt(node);
      if (marked?.kind === "island") {
        parts.push({ island: marked.id });
        this.read(marked.nodes);
        for (const inner of [...marked.nodes, marked.end]) if (inner !== null) skipped.add(inner);
      } else if (node instanceof Text) {
        parts.push(node.data);
      } else if (node instanceof Element) {
        parts.push({
          tag: node.localName,
          attributes: attributesOf(node),
          parts: this.#readParts(node.childNodes),
        });
      }
    }
    return parts;
  }

  #toVNode(part: Part): ComponentChild {
    if (typeof part === "string") return part;
    if ("island" in part) return this.#makeIsland(part.island);
    return h(part.tag, part.attributes, ...part.parts.map((child) => this.#toVNode(child)));
  }
}

function attributesOf(element: Element): Record<string, string | true> {
  const attributes: Record<string, string | true> = {};
  for (const { name, value } of element.attributes) {
    // Preact takes "on…" for a listener, which a string is not.
    if (name.startsWith("on")) continue;
    attributes[name] = value === "" && Reflect.get(element, name) === true ? true : value;
  }
  return attributes;
}
