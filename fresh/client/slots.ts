import { type ComponentChild, type ComponentType, h, type VNode } from "preact";
import { useState } from "preact/hooks";
import { findMarked, markedAt } from "./markers.ts";

/** Makes an island's vnode by its number; islands inside a slot are rendered by the island around it. */
export type MakeIsland = (id: number) => VNode;

// A slot's DOM as it came from the server, described before hydration changes it.
type Part =
  | string
  | { readonly island: number }
  | {
    readonly tag: string;
    readonly attributes: Record<string, string | true>;
    readonly parts: readonly Part[];
  };

const slots = new Map<number, readonly Part[]>();

/** Reads the slots inside these nodes, and the slots inside those. Call it before anything is hydrated. */
export function readSlots(nodes: Iterable<Node>): void {
  for (const { id, nodes: content } of findMarked("slot", nodes)) slots.set(id, readParts(content));
}

/** The component that stands for a slot in an island's props. */
export function slotVNode(id: number, makeIsland: MakeIsland): VNode<SlotProps> {
  return h(Slot, { id, makeIsland });
}

interface SlotProps {
  id: number;
  makeIsland: MakeIsland;
}

const Slot: ComponentType<SlotProps> = ({ id, makeIsland }: SlotProps) => {
  // The same vnodes at every rendering: what came from the server does not change.
  const [content] = useState(() => partsOf(id).map((part) => toVNode(part, makeIsland)));
  return content;
};

function partsOf(id: number): readonly Part[] {
  const known = slots.get(id);
  if (known !== undefined) return known;
  // An island that had not placed it yet: the server left it in a template.
  const template = document.getElementById(`fresh-slot-${id}`);
  const parts = template instanceof HTMLTemplateElement
    ? readParts(template.content.childNodes)
    : [];
  slots.set(id, parts);
  return parts;
}

function readParts(nodes: Iterable<Node>): Part[] {
  const parts: Part[] = [];
  const skipped = new Set<Node>();
  for (const node of nodes) {
    if (skipped.has(node)) continue;
    const marked = markedAt(node);
    if (marked?.kind === "island") {
      parts.push({ island: marked.id });
      readSlots(marked.nodes);
      for (const inner of [...marked.nodes, marked.end]) if (inner !== null) skipped.add(inner);
    } else if (node instanceof Text) {
      parts.push(node.data);
    } else if (node instanceof Element) {
      parts.push({
        tag: node.localName,
        attributes: attributesOf(node),
        parts: readParts(node.childNodes),
      });
    }
  }
  return parts;
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

function toVNode(part: Part, makeIsland: MakeIsland): ComponentChild {
  if (typeof part === "string") return part;
  if ("island" in part) return makeIsland(part.island);
  return h(part.tag, part.attributes, ...part.parts.map((child) => toVNode(child, makeIsland)));
}
