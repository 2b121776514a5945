import { renderToString } from "preact-render-to-string";
import type { Services } from "../../app.ts";
import type { Candle } from "../../lib/candles/candle.ts";
import type { Granularity } from "../../lib/candles/granularity.ts";
import type { ProductId } from "../../lib/candles/product.ts";
import { priceDigits } from "../site/price.ts";
import { SpotChart } from "./SpotChart.tsx";

/** A product's chart element as HTML, in the digits its prices are shown with. */
export function chartHtml(
  catalogue: Services["catalogue"],
  productId: ProductId,
  granularity: Granularity,
  candles: readonly Candle[],
): string {
  const product = catalogue.get(productId);
  const digits = priceDigits(product?.quoteIncrement ?? null, product?.price ?? null);
  return renderToString(
    <SpotChart
      productId={productId}
      granularity={granularity}
      candles={candles}
      digits={digits}
    />,
  );
}
