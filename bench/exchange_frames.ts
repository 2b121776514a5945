import { decimal } from "../lib/candles/decimal.ts";
import { productId } from "../lib/candles/product.ts";
import type { Trade } from "../lib/candles/trade.ts";

/** The products that the frames trade in. */
export const FRAME_PRODUCTS = ["BTC-USD", "ETH-USD", "SOL-USD", "DOGE-USD", "1INCH-USD"].map(
  productId,
);

const FIRST_ID = 995_098_700;
const START_MS = Date.UTC(2026, 3, 7, 14, 30);
const FRAME_EVERY_MS = 12;

/** The last trade of each product before the frames. */
export function tradesBefore(): Trade[] {
  return FRAME_PRODUCTS.map((productId, index) => ({
    productId,
    tradeId: FIRST_ID + index * 1_000_000 - 1,
    price: decimal("60000"),
    size: decimal("1"),
    side: "BUY",
    timeMs: START_MS - 60_000,
  }));
}

/** `count` frames as the exchange writes them: several products, ids contiguous per product, varying digits. */
export function exchangeFrames(count: number, tradesPerFrame: number): string[] {
  const nextId = FRAME_PRODUCTS.map((_, index) => FIRST_ID + index * 1_000_000);
  let seed = 1;
  return Array.from({ length: count }, (_, index) => {
    const stamp = new Date(START_MS + index * FRAME_EVERY_MS).toISOString().slice(0, -1);
    const trades = Array.from({ length: tradesPerFrame }, (_, nth) => {
      seed = seed * 48_271 % 2_147_483_647;
      // The exchange lists a product's trades side by side.
      const product = Math.floor(nth / 4 + index) % FRAME_PRODUCTS.length;
      const id = nextId[product] ?? 0;
      nextId[product] = id + 1;
      return {
        trade_id: `${id}`,
        product_id: FRAME_PRODUCTS[product],
        price: (60_000 + seed % 100_000 / 100).toFixed(2),
        size: (seed % 100_000_000 / 1e8 + 1e-8).toFixed(8),
        side: seed % 2 === 0 ? "BUY" : "SELL",
        time: `${stamp}${`${seed % 1000}`.padStart(3, "0")}Z`,
      };
    });
    return JSON.stringify({
      channel: "market_trades",
      client_id: "",
      timestamp: `${stamp}999Z`,
      sequence_num: index,
      events: [{ type: "update", trades }],
    });
  });
}
