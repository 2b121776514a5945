import { plainPriceText } from "../../site/plain_price.ts";
import { axisWidth } from "../price_axis.ts";
import { FONT_SIZE } from "./chart_options.ts";

/** What the library has on an axis beside a text: a border, a tick, a gap, and two paddings that grow with the font. */
const AROUND = 1 + 5 + 5 + 2 * (FONT_SIZE / 12) * 5;

/**
 * How wide, in CSS pixels, the live chart's axis of prices like this one is in a font: at least as wide as the server's.
 * With less, the library would widen it while it draws the first candles, and make all its canvases again. Browser only.
 */
export function liveAxisWidth(fontFamily: string, price: number, digits: number): number {
  const text = plainPriceText(price.toFixed(digits), digits).replaceAll(/\d/g, "0");
  return Math.max(
    axisWidth(price, digits),
    Math.ceil(textWidth(text, `${FONT_SIZE}px ${fontFamily}`) + AROUND),
  );
}

let ruler: CanvasRenderingContext2D | null = null;

function textWidth(text: string, font: string): number {
  ruler ??= document.createElement("canvas").getContext("2d");
  if (ruler === null) return 0;
  ruler.font = font;
  return ruler.measureText(text).width;
}
