import { isValidElement, type VNode } from "preact";

/** Whether a value is JSX. Preact itself would take any object for it whose `constructor` is undefined. */
export function isVNode(value: unknown): value is VNode {
  return isValidElement(value) && Object.hasOwn(value, "type") && Object.hasOwn(value, "props");
}
