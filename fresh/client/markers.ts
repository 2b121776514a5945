/** A place in the DOM between two comments that the server wrote. */
export interface Marked {
  readonly kind: "island" | "slot";
  /** The island's or slot's number. */
  readonly id: number;
  readonly nodes: readonly Node[];
  /** The closing comment, or null if a parser dropped it. */
  readonly end: Node | null;
}

/** The marked place that begins at this node, or null. */
export function markedAt(node: Node): Marked | null {
  const match = node.nodeType === Node.COMMENT_NODE &&
    /^fresh:(island|slot):(\d+)$/.exec(node.nodeValue ?? "");
  if (!match) return null;
  const kind = match[1] === "island" ? "island" : "slot";
  const nodes: Node[] = [];
  let depth = 1;
  let end = node.nextSibling;
  for (; end !== null; end = end.nextSibling) {
    if (end.nodeType === Node.COMMENT_NODE) {
      if (end.nodeValue?.startsWith(`fresh:${kind}:`)) depth++;
      else if (end.nodeValue === `/fresh:${kind}` && --depth === 0) break;
    }
    nodes.push(end);
  }
  return { kind, id: Number(match[2]), nodes, end };
}

/** The outermost marked places of a kind among the nodes and all below them, in document order. */
export function findMarked(kind: Marked["kind"], nodes: Iterable<Node>): Marked[] {
  const found: Marked[] = [];
  const skipped = new Set<Node>();
  for (const node of nodes) {
    if (skipped.has(node)) continue;
    const marked = markedAt(node);
    if (marked?.kind === kind) {
      found.push(marked);
      for (const inner of marked.nodes) skipped.add(inner);
    } else if (node.hasChildNodes()) {
      found.push(...findMarked(kind, node.childNodes));
    }
  }
  return found;
}
