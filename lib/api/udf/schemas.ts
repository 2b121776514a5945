import { z } from "zod";

const text = (description: string, example?: string) =>
  z.string().meta({ description, ...(example === undefined ? {} : { example }) });
const numbers = (description: string) => z.array(z.number()).meta({ description });

/** `GET /udf/config`. */
export const UDF_CONFIGURATION = z.object({
  supports_search: z.boolean(),
  supports_group_request: z.boolean(),
  supports_marks: z.boolean(),
  supports_timescale_marks: z.boolean(),
  supports_time: z.boolean(),
  exchanges: z.array(z.object({ value: z.string(), name: z.string(), desc: z.string() })),
  symbols_types: z.array(z.object({ name: z.string(), value: z.string() })),
  supported_resolutions: z.array(z.string()).meta({
    description: "Minutes as bare numbers, days, weeks and months with a letter.",
  }),
}).meta({ id: "UdfConfiguration" });

/** `GET /udf/symbols`. */
export const UDF_SYMBOL = z.object({
  name: text("The product.", "BTC-USD"),
  ticker: text("What to request bars with: the product.", "BTC-USD"),
  full_name: text("With the exchange before it.", "Coinbase:BTC-USD"),
  description: text("The currencies.", "Bitcoin / USD"),
  type: z.string(),
  session: text("Always open.", "24x7"),
  timezone: z.string(),
  exchange: z.string(),
  listed_exchange: z.string(),
  currency_code: text("What prices are in.", "USD"),
  format: z.string(),
  pricescale: z.number().meta({ description: "Prices move by minmov / pricescale." }),
  minmov: z.number(),
  has_intraday: z.boolean(),
  intraday_multipliers: z.array(z.string()),
  has_daily: z.boolean(),
  has_weekly_and_monthly: z.boolean().meta({ description: "Charts build them from days." }),
  supported_resolutions: z.array(z.string()),
  volume_precision: z.int(),
  data_status: z.string(),
}).meta({ id: "UdfSymbol" });

/** `GET /udf/search`. */
export const UDF_FOUND = z.array(z.object({
  symbol: z.string(),
  ticker: z.string(),
  full_name: z.string(),
  description: z.string(),
  exchange: z.string(),
  type: z.string(),
})).meta({ id: "UdfFound" });

/** `GET /udf/symbol_info`: a column is a list with an entry for each symbol, or one value for all of them. */
export const UDF_SYMBOL_TABLE = z.object({
  symbol: z.array(z.string()),
  ticker: z.array(z.string()),
  description: z.array(z.string()),
  "exchange-listed": z.string(),
  "exchange-traded": z.string(),
  type: z.string(),
  timezone: z.string(),
  "session-regular": z.string(),
  currency: z.array(z.string()),
  pricescale: z.array(z.number()),
  minmovement: z.array(z.number()),
  "has-intraday": z.boolean(),
  "has-no-volume": z.boolean(),
  "has-daily": z.boolean(),
  "has-weekly-and-monthly": z.boolean(),
  "intraday-multipliers": z.array(z.array(z.string())),
  "supported-resolutions": z.array(z.array(z.string())),
  "volume-precision": z.array(z.int()),
}).meta({ id: "UdfSymbolTable" });

/** `GET /udf/history`. */
export const UDF_BARS = z.object({
  s: z.enum(["ok", "no_data"]).meta({ description: "`no_data`: no bar in the range." }),
  t: z.array(z.int()).optional().meta({ description: "Starts in epoch seconds, ascending." }),
  o: numbers("Opens.").optional(),
  h: numbers("Highs.").optional(),
  l: numbers("Lows.").optional(),
  c: numbers("Closes.").optional(),
  v: numbers("Volumes in the base currency.").optional(),
  nextTime: z.int().optional().meta({
    description: "With `no_data`: the newest bar before the range; absent if there is none.",
  }),
}).meta({ id: "UdfBars" });
