import { plainPriceText } from "../site/plain_price.ts";

/** Widths of a price axis, from that of `66,300.00` to the longest there are. The style sheet has them too. */
export type AxisWidth = 72 | 88 | 108;

/** How wide, in CSS pixels, the axis of prices like this one is, drawn by the server or in the browser. */
export function axisWidth(price: number, digits: number): AxisWidth {
  const { length } = plainPriceText(price.toFixed(digits), digits);
  return length <= 9 ? 72 : length <= 11 ? 88 : 108;
}
