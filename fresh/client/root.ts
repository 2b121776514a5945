import { type ComponentChild, type ContainerNode, hydrate } from "preact";

/**
 * Hydrates some of an element's children, those between two comments, as if they were alone in it.
 * `end` is the comment after them: what is added later goes before it.
 */
export function hydrateBetween(
  vnode: ComponentChild,
  parent: Node,
  nodes: readonly Node[],
  end: Node | null,
): void {
  // Preact requires a container; this one passes the calls on to the real parent.
  const container: ContainerNode & { namespaceURI: string | null } = {
    nodeType: Node.ELEMENT_NODE,
    namespaceURI: parent instanceof Element ? parent.namespaceURI : null,
    parentNode: parent,
    firstChild: nodes[0] ?? null,
    childNodes: nodes,
    contains: (other) => other !== null && parent.contains(domNode(other)),
    insertBefore: (node, before) =>
      parent.insertBefore(domNode(node), before === null ? end : domNode(before)),
    appendChild: (node) => parent.insertBefore(domNode(node), end),
    removeChild: (node) => parent.removeChild(domNode(node)),
  };
  hydrate(vnode, container);
}

function domNode(node: ContainerNode): Node {
  if (node instanceof Node) return node;
  throw new TypeError("Not a DOM node");
}
