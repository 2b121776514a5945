import { macd } from "./macd.ts";
import { closing, linesOf } from "./test_candles.ts";
import { assertPublished } from "./test_published.ts";

// Invest Excel's worked example.
// deno-fmt-ignore
const PRICES = [
  459.99, 448.85, 446.06, 450.81, 442.80, 448.97, 444.57, 441.40, 430.47, 420.05, 431.14, 425.66, 430.58,
  431.72, 437.87, 428.43, 428.35, 432.50, 443.66, 455.72, 454.49, 452.08, 452.73, 461.91, 463.58, 461.14,
  452.08, 442.66, 428.91, 429.79, 431.99, 427.72, 423.20, 426.21,
];

Deno.test("macd - the distance, its average and their difference have their published values", () => {
  const [histogram = [], distance = [], signal = []] = linesOf(macd, [12, 26, 9], closing(PRICES));
  // deno-fmt-ignore
  assertPublished(distance, [
    8.275270, 7.703378, 6.416075, 4.237520, 2.552583, 1.378886, 0.102981, -1.258402, -2.070558,
  ], 1e-6);
  assertPublished(signal, [3.037526], 1e-6);
  assertPublished(histogram, [-5.108084], 1e-6);
});
