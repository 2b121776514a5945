import { type ComponentChildren, h, type VNode } from "preact";
import { useEffect } from "preact/hooks";
import { HEAD_TAGS, headKey } from "./head_key.ts";

/** Props of {@linkcode Head}. */
export interface HeadProps {
  children?: ComponentChildren;
}

/**
 * Puts its children into the document's `<head>`, from anywhere in the tree. A child replaces the element
 * of the same key there: its `key`, else `<title>` itself, its `id`, or a `<meta>`'s `name` or `property`.
 * In the browser, an island's `Head` keeps the document's head as it says.
 */
export function Head(props: HeadProps): VNode | null {
  // On the server the render hooks take the children from here; only the browser applies them.
  if (typeof document === "undefined") return h(HeadContent, null, props.children);
  return h(LiveHead, null, props.children);
}

function HeadContent(props: HeadProps): ComponentChildren {
  return props.children;
}

function LiveHead(props: HeadProps): null {
  useEffect(() => {
    for (const child of [props.children].flat(Infinity)) {
      if (isElement(child)) apply(child);
    }
  });
  return null;
}

function apply(vnode: VNode): void {
  const { children, ...attributes } = vnode.props;
  const text = [children].flat(Infinity).filter((part) => part != null && part !== false).join("");
  if (vnode.type === "title") {
    document.title = text;
    return;
  }
  const key = headKey(vnode);
  const element =
    Array.from(document.head.children).find((candidate) => keyOf(candidate) === key) ??
      document.head.appendChild(document.createElement(String(vnode.type)));
  for (const [name, value] of Object.entries(attributes)) {
    if (value == null || value === false) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  if (vnode.key != null) element.setAttribute("data-key", String(vnode.key));
  if (text !== "") element.textContent = text;
}

function keyOf(element: Element): string {
  const attributes = Object.fromEntries(
    Array.from(element.attributes, ({ name, value }) => [name, value]),
  );
  const { "data-key": key, ...props } = attributes;
  return headKey({ type: element.localName, key, props });
}

function isElement(value: unknown): value is VNode {
  return typeof value === "object" && value !== null && "type" in value &&
    typeof value.type === "string" && HEAD_TAGS.has(value.type);
}
