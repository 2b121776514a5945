import { decimal } from "../../lib/candles/decimal.ts";
import { type EpochSeconds, epochSeconds } from "../../lib/candles/granularity.ts";
import { type ProductId, productId } from "../../lib/candles/product.ts";
import { Catalogue } from "../../lib/exchange/catalogue.ts";
import { ExactPasts } from "../../lib/history/exact_pasts.ts";
import { History } from "../../lib/history/history.ts";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { sampleProduct } from "../../tests/sample_products.ts";

/** All prices change so often. */
const CHANGE_MS = 250;

/** The n-th product's id. */
export function benchProduct(n: number): ProductId {
  return productId(`C${`${n}`.padStart(4, "0")}-USD`);
}

/** The services behind the dashboard, as in a process that has run for a day. */
export function marketServices(ids: readonly ProductId[]) {
  const catalogue = new Catalogue();
  catalogue.set(ids.map((id, index) =>
    sampleProduct(id, {
      price: decimal("440"),
      priceChange24h: decimal(`${index % 9 - 4}`),
      quoteVolume24h: decimal(`${(ids.length - index) * 1000}`),
      quoteIncrement: decimal("0.01"),
    })
  ));
  const candle = sampleCandle();
  const closes = new Map(ids.map((id, index) => [id, {
    from: nowSeconds(-86_400),
    prices: Array.from({ length: 48 }, (_, at) => 440 + (at * 7 + index) % 31),
  }]));
  const history = new History({
    page: () => Promise.resolve([]),
    current: (key) => ({ ...candle, close: priceOf(key) }),
    recent: () => [],
    position: () => null,
    closes: () => Promise.resolve(closes),
  });
  void history.refreshDay(nowSeconds(0));
  return {
    catalogue,
    history,
    exactPasts: new ExactPasts({
      starts: () => Promise.resolve(new Map(ids.map((id) => [id, nowSeconds(-86_400)]))),
      exactDays: 7,
    }),
  };
}

/** A price that differs a quarter of a second later. */
function priceOf(key: string) {
  const at = Math.floor(Date.now() / CHANGE_MS);
  return decimal(((44_000 + (at * 37 + key.charCodeAt(4) * 13) % 997) / 100).toFixed(2));
}

function nowSeconds(offset: number): EpochSeconds {
  return epochSeconds(Math.floor(Date.now() / 1000) + offset);
}
