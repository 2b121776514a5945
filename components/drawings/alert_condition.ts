import type { AlertCondition } from "../../lib/alerts/alert.ts";
import { readCondition } from "../../lib/alerts/alert.ts";
import type { Drawing } from "../../lib/drawings/drawing.ts";

/** What an alert at a drawing waits for; null if it is not a line, or a vertical one. */
export function alertCondition({ kind, anchors: [from, to] }: Drawing): AlertCondition | null {
  switch (kind) {
    case "horizontal":
      return readCondition({ kind: "price", value: from?.price });
    case "trend":
    case "ray":
      return readCondition({ kind: "line", from, to });
    default:
      return null;
  }
}
