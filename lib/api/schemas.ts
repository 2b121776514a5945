import { z } from "zod";

/** A number with its exact decimal digits: no exponent, no trailing zeros. */
const decimal = (description: string) => z.number().meta({ description });
const count = (description: string) => z.int().meta({ description });

/** What one candle of an answer is. */
export const CANDLE = z.object({
  product_id: z.string().meta({ description: "The product.", example: "BTC-USD" }),
  granularity: z.string().meta({
    description: "The length of a candle, under its one proper name.",
    example: "ONE_MINUTE",
  }),
  timestamp: count("The bucket's start, epoch seconds, aligned in UTC."),
  open: decimal("Price of the trade with the smallest id."),
  high: decimal("The highest price."),
  low: decimal("The lowest price."),
  close: decimal("Price of the trade with the largest id."),
  volume: decimal("Sum of sizes, in the base currency."),
  is_complete: z.boolean().meta({ description: "The bucket is over." }),
  trades: count("How many trades; null where only the exchange's own candle is known.").nullable(),
  quote_volume: decimal("Sum of price × size, in the quote currency.").nullable(),
  buy_volume: decimal("Sum of the sizes whose taker bought.").nullable(),
  exact: z.boolean().meta({
    description: "Built from every trade of its bucket, proven by trade ids that run on; final.",
  }),
  revision: count("0 when first closed, one more with every later change."),
  first_trade_id: count("The smallest trade id.").nullable(),
  last_trade_id: count("The largest trade id.").nullable(),
});

/** `GET /api/candles` as JSON. */
export const CANDLE_PAGE = z.object({
  candles: z.array(CANDLE).meta({ description: "Ascending by timestamp." }),
  next: z.string().nullable().meta({
    description: "Path and query of the next older page; null if there is none in the range.",
  }),
});

/** `GET /history`. */
export const CHART_HISTORY = z.object({
  candles: z.array(z.object({
    timestamp: count("The bucket's start, epoch milliseconds."),
    open: z.number(),
    high: z.number(),
    low: z.number(),
    close: z.number(),
    volume: z.number(),
    evaluations: z.array(z.never()).meta({ description: "Always empty." }),
  })).meta({ description: "Ascending by timestamp." }),
});

/** One product of the catalogue. */
export const PRODUCT_ENTRY = z.object({
  product_id: z.string().meta({ example: "BTC-USD" }),
  base_name: z.string().meta({ description: "What people call it.", example: "Bitcoin" }),
  base_currency: z.string().meta({ example: "BTC" }),
  quote_currency: z.string().meta({ example: "USD" }),
  status: z.enum(["online", "offline", "delisted"]).meta({
    description: "`offline`: listed, but not trading; `delisted`: gone, its history stays.",
  }),
  price: decimal("The last price that the exchange told.").nullable(),
  price_change_24h: decimal("Percent over 24 hours.").nullable(),
  volume_24h: decimal("In the base currency, over 24 hours.").nullable(),
  quote_volume_24h: decimal("In the quote currency, over 24 hours, approximately.").nullable(),
  quote_increment: decimal("The price's tick.").nullable(),
});

/** `GET /api/products`. */
export const PRODUCT_LIST = z.object({
  products: z.array(PRODUCT_ENTRY).meta({ description: "The most traded first." }),
});

/** Every error answer (RFC 9457). */
export const PROBLEM = z.object({
  type: z.string(),
  status: z.int(),
  title: z.string().meta({ description: "The same for every occurrence of the problem." }),
  detail: z.string().optional().meta({ description: "This occurrence." }),
  reason: z.string().optional().meta({
    description: "Why there is no such product, for programs.",
  }),
  instead: z.string().optional().meta({ description: "The product to ask for in its place." }),
  errors: z.array(z.object({
    parameter: z.string(),
    value: z.string().nullable().meta({ description: "As it was sent; null if it was missing." }),
    allowed: z.union([z.string(), z.array(z.string())]),
  })).optional().meta({ description: "One for each bad value." }),
});
