import type { Candle } from "../../lib/candles/candle.ts";
import type { Granularity } from "../../lib/candles/granularity.ts";
import type { ProductId } from "../../lib/candles/product.ts";
import { SpotChartSvg } from "./SpotChartSvg.tsx";

/** A chart's element as the server renders it: complete, so that it can be morphed over the previous one. */
export function SpotChart({ productId, granularity, candles, digits }: {
  readonly productId: ProductId;
  readonly granularity: Granularity;
  readonly candles: readonly Candle[];
  readonly digits: number;
}) {
  return (
    <spot-chart
      id={`chart-${productId}-${granularity}`}
      product={productId}
      granularity={granularity}
    >
      <SpotChartSvg
        productId={productId}
        granularity={granularity}
        candles={candles}
        digits={digits}
      />
    </spot-chart>
  );
}

declare module "preact" {
  namespace JSX {
    interface IntrinsicElements {
      "spot-chart": HTMLAttributes<HTMLElement> & {
        readonly product: string;
        readonly granularity: string;
      };
    }
  }
}
