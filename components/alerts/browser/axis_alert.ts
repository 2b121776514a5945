import { figure } from "../../../lib/alerts/describe.ts";
import { setAlert } from "./set_alert.ts";

/** The part of a chart where a price can be pointed at. */
export interface PriceAxis {
  /** The chart's element; the button stands at its right edge. */
  readonly element: HTMLElement;
  /** Fraction digits of a price. */
  readonly digits: number;
  /** The price at a height in the element, pixels from its top; null where there is none. */
  priceAt(y: number): number | null;
}

/**
 * A button that follows the pointer, from where it has just pointed, along a chart's price axis and sets an alert there.
 * Returns a function that removes it.
 */
export function offerAlerts(
  product: string,
  { element, digits, priceAt }: PriceAxis,
  pointed: PointerEvent,
): () => void {
  const gone = new AbortController();
  const { signal } = gone;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "axis-alert";
  button.textContent = "+";
  button.tabIndex = -1;
  button.hidden = true;
  let price = 0;
  const follow = ({ clientY, pointerType }: PointerEvent) => {
    const y = clientY - element.getBoundingClientRect().top;
    const found = pointerType === "mouse" ? priceAt(y) : null;
    button.hidden = found === null || !(found > 0);
    if (found === null) return;
    price = Number(found.toFixed(digits));
    button.style.top = `${y}px`;
    button.title = `Alert when ${product} crosses ${figure(price)}`;
    button.setAttribute("aria-label", button.title);
  };
  element.addEventListener("pointermove", follow, { signal });
  element.addEventListener("pointerleave", () => button.hidden = true, { signal });
  button.addEventListener("click", () => setAlert(product, { kind: "price", value: price }), {
    signal,
  });
  element.append(button);
  follow(pointed);
  return () => {
    gone.abort();
    button.remove();
  };
}
