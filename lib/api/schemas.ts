import { z } from "zod";
import { CANDLE_FIELDS, type CandleField } from "../candles/candle_fields.ts";

/** A number with its exact decimal digits: no exponent, no trailing zeros. */
const decimal = (description: string) => z.number().meta({ description });
const count = (description: string) => z.int().meta({ description });

export const CANDLE = z.object(
  Object.fromEntries(CANDLE_FIELDS.map((field) => [field.wire, schemaOf(field)])),
).meta({ id: "Candle" });

function schemaOf(field: CandleField): z.ZodType {
  const { about: description, example } = field;
  switch (field.kind) {
    case "text":
      return z.string().meta({ description, ...(example === undefined ? {} : { example }) });
    case "flag":
      return z.boolean().meta({ description });
    case "count":
      return field.nullable ? count(description).nullable() : count(description);
    case "decimal":
      return field.nullable ? decimal(description).nullable() : decimal(description);
  }
}

/** `GET /api/candles` as JSON. */
export const CANDLE_PAGE = z.object({
  candles: z.array(CANDLE).meta({ description: "Ascending by timestamp." }),
  next: z.string().nullable().meta({
    description: "Path and query of the next older page; null if there is none in the range.",
  }),
}).meta({ id: "CandlePage" });

/** The data of a stream's `event: reset`. */
export const STREAM_RESET = z.object({
  last_event_id: z.string().meta({ description: "The id that the client sent to resume from." }),
  reason: z.string().meta({ description: "Why that is not possible." }),
}).meta({
  id: "StreamReset",
  description: "Candles may have been missed: the current ones follow, as at a first connection.",
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
}).meta({ id: "ChartHistory" });

export const PRODUCT_ENTRY = z.object({
  product_id: z.string().meta({ example: "BTC-USD" }),
  base_name: z.string().meta({ description: "What people call it.", example: "Bitcoin" }),
  base_currency: z.string().meta({ example: "BTC" }),
  quote_currency: z.string().meta({ example: "USD" }),
  status: z.enum(["online", "offline", "delisted"]).meta({
    description: "`offline`: listed, but not trading; `delisted`: gone, its history stays.",
  }),
  price: decimal("The last price that the exchange sent.").nullable(),
  price_change_24h: decimal("Percent over 24 hours.").nullable(),
  volume_24h: decimal("In the base currency, over 24 hours.").nullable(),
  quote_volume_24h: decimal("In the quote currency, over 24 hours, approximately.").nullable(),
  quote_increment: decimal("The price's tick.").nullable(),
}).meta({ id: "Product" });

/** `GET /api/products/{id}`. */
export const PRODUCT_DETAIL = PRODUCT_ENTRY.extend({
  exact_since: z.int().nullable().meta({
    description:
      "From when on its candles are proven from trades, those under repair apart, in epoch seconds; " +
      "null while that is not known.",
    example: 1703980800,
  }),
  audited_until: z.int().nullable().meta({
    description:
      "Until when its exact candles of one and five minutes were compared with the exchange's own, " +
      "in epoch seconds; null if they were not (yet).",
    example: 1704567600,
  }),
}).meta({ id: "ProductDetail" });

/** `GET /api/products`. */
export const PRODUCT_LIST = z.object({
  products: z.array(PRODUCT_ENTRY).meta({ description: "The most traded first." }),
}).meta({ id: "ProductList" });

/** Every error answer (RFC 9457). */
export const PROBLEM = z.object({
  type: z.string(),
  status: z.int(),
  title: z.string().meta({ description: "The same for every occurrence of the problem." }),
  detail: z.string().optional().meta({ description: "This occurrence." }),
  reason: z.string().optional().meta({
    description: "Why there is no such product, for programs.",
  }),
  instead: z.string().optional().meta({ description: "The product to request in its place." }),
  errors: z.array(z.object({
    parameter: z.string(),
    value: z.string().nullable().meta({ description: "As it was sent; null if it was missing." }),
    allowed: z.union([z.string(), z.array(z.string())]),
  })).optional().meta({ description: "One for each bad value." }),
  s: z.literal("error").optional().meta({ description: "Only under `/udf`." }),
  errmsg: z.string().optional().meta({ description: "Only under `/udf`: all of it in a line." }),
}).meta({ id: "Problem" });

const PART = z.object({
  state: z.enum(["starting", "up", "degraded", "down", "off", "standby"]),
  detail: z.string().nullable().meta({ description: "One line for a person: what is wrong." }),
}).meta({ id: "Part" });

/** How a process is doing. */
export const READINESS = z.object({
  ready: z.boolean(),
  feed: PART,
  products: PART.extend({
    unavailable: z.array(z.looseObject({ product: z.string(), detail: z.string() })).meta({
      description: "What is listed to be followed and is not, with the reasons.",
    }),
  }),
  bus: PART,
  store: PART,
  workers: PART.extend({
    workers: z.array(PART.extend({
      number: z.int(),
      pid: z.int().nullable(),
      streams: z.int(),
      restarts: z.int(),
    })),
  }).nullable().meta({
    description: "The web processes of WEB_WORKERS; null where there is one process.",
  }),
  repair: z.looseObject({}).nullable().meta({
    description: "What is missing and being repaired; null where this process does not ingest.",
  }),
  simulated: z.boolean(),
  version: z.string(),
}).meta({ id: "Readiness" });
