import type { CatalogueProduct } from "../app.ts";
import { compactAmount } from "./amount.ts";
import type { DayFigures } from "./day_figures.ts";
import { withCurrency } from "./plain_price.ts";
import { priceText } from "./price.ts";

/** A product's last 24 hours in four figures. */
export function ProductFigures(
  { product, day, digits }: { product: CatalogueProduct; day: DayFigures | null; digits: number },
) {
  const { quoteCurrency, baseCurrency, volume24h, quoteVolume24h } = product;
  const price = (value: DayFigures["high"] | undefined) =>
    value === undefined ? "–" : withCurrency(priceText(value, digits), quoteCurrency);
  const figures = [
    ["24 h high", price(day?.high)],
    ["24 h low", price(day?.low)],
    [
      `24 h volume, ${baseCurrency}`,
      volume24h === null ? "–" : compactAmount(volume24h),
    ],
    [
      `24 h volume, ${quoteCurrency}`,
      quoteVolume24h === null ? "–" : withCurrency(compactAmount(quoteVolume24h), quoteCurrency),
    ],
  ] as const;
  return (
    <dl class="figures">
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
