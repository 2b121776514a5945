import { type ComponentChildren, h, type VNode } from "preact";

export interface HeadProps {
  children?: ComponentChildren;
}

/**
 * Puts its children into the document's `<head>`, from anywhere in the tree. A child replaces the element
 * of the same key there: its `key`, else `<title>` itself, its `id`, or a `<meta>`'s `name` or `property`.
 * The server does so; in the browser an island's `Head` is nothing.
 */
export function Head(props: HeadProps): VNode | null {
  // The render hooks take the children from here.
  return typeof document === "undefined" ? h(HeadContent, null, props.children) : null;
}

function HeadContent(props: HeadProps): ComponentChildren {
  return props.children;
}
