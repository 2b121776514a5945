import { z } from "zod";
import { GRANULARITIES } from "../candles/granularity.ts";
import { CHART_QUERY } from "./chart_history.ts";
import { PARQUET } from "./candle_parquet.ts";
import { CSV_QUERY, RANGE_QUERY } from "./candle_request.ts";
import { PRODUCT } from "./parameters.ts";
import { UDF_ENDPOINTS } from "./udf/endpoints.ts";
import {
  CANDLE,
  CANDLE_PAGE,
  CHART_HISTORY,
  PRODUCT_DETAIL,
  PRODUCT_LIST,
  READINESS,
  STREAM_RESET,
} from "./schemas.ts";

/** The groups of operations, in the order of the page. */
export const TAGS = {
  streams: "Candles as they change.",
  history: "Candles as they were.",
  products: "What is followed here.",
  tradingview: "A datafeed for TradingView's Charting Library.",
  operations: "For the server's operators.",
} as const;

/** One operation of the API's description. */
export interface Endpoint {
  /** With `{id}` where a value goes. */
  readonly path: string;
  readonly id: string;
  readonly tag: keyof typeof TAGS;
  readonly summary: string;
  readonly description: string;
  readonly query: z.ZodObject | null;
  readonly inPath: z.ZodObject | null;
  /** Answers with status 200: a media type and its schema (null: text without a schema). */
  readonly answers: Readonly<Record<string, z.ZodType | null>>;
  /** Schemas of a stream's events. */
  readonly events?: Readonly<Record<string, z.ZodType>>;
  /** Error statuses, beside those of every endpoint. */
  readonly errors: readonly (400 | 404 | 429 | 503)[];
  /** The schema of 503 where that is not a problem. */
  readonly unavailable?: z.ZodType;
  /** Whether unchanged contents are answered with 304. */
  readonly conditional: boolean;
  /** A path and query that can be tried. */
  readonly example: string;
}

// As the stream's own parser reads it, but with texts instead of lists.
const STREAM_QUERY = z.object({
  products: z.string().meta({
    description:
      "Products, separated by commas or repeated; `*` is every one, later ones included.",
    example: "BTC-USD,ETH-USD",
  }),
  granularities: z.string().meta({
    description: "Stored granularities, separated by commas or repeated; `*` is every one.",
    example: "ONE_MINUTE,ONE_HOUR",
  }),
  closed: z.enum(["true", "false"]).optional().meta({
    description: "`true`: only closed candles, and no candles to begin with.",
  }),
  snapshot: z.enum(["true", "false"]).optional().meta({
    description:
      "`true`: a stream that resumes also begins with current candles that have closed before.",
  }),
  last_event_id: z.string().optional().meta({
    description: "Resumes after this event, as the header `Last-Event-ID` does.",
  }),
});

// Likewise.
const CHART_STREAM_QUERY = z.object({
  product: PRODUCT,
  granularity: z.enum(GRANULARITIES).meta({ description: "A stored granularity, also as `1m`." }),
});

const WHOLE_RANGE =
  "A whole range as one stream, ascending, compressed where the client takes that; with `limit` a page, whose older " +
  "one the header `link` names.";

/** All operations, in the order of the page. */
export const ENDPOINTS: readonly Endpoint[] = [
  {
    path: "/stream",
    id: "stream",
    tag: "streams",
    summary: "Candles as they change",
    description:
      "Server-sent events: the current candle of each product and granularity, then every change. The " +
      "data of `event: candle` is a Candle. A client that reconnects with `Last-Event-ID` gets every candle that " +
      "closed since; where that is not possible, `event: reset` comes first.",
    query: STREAM_QUERY,
    inPath: null,
    answers: { "text/event-stream": null },
    events: { candle: CANDLE, reset: STREAM_RESET },
    errors: [400, 404, 429, 503],
    conditional: false,
    example: "/stream?products=BTC-USD&granularities=ONE_MINUTE",
  },
  {
    path: "/stream/chart",
    id: "chartStream",
    tag: "streams",
    summary: "A whole chart as it changes",
    description:
      "Server-sent events in the format of Datastar v1: `event: datastar-patch-elements` with the whole chart, drawn " +
      "by the server, immediately and after each change, four a second at most. There is nothing to resume.",
    query: CHART_STREAM_QUERY,
    inPath: null,
    answers: { "text/event-stream": null },
    errors: [400, 404, 429, 503],
    conditional: false,
    example: "/stream/chart?product=BTC-USD&granularity=ONE_MINUTE",
  },
  {
    path: "/api/candles",
    id: "candles",
    tag: "history",
    summary: "History",
    description:
      "The newest candles of a range, ascending, and the way to the next older page. Answers that can " +
      "never change may be kept forever; all others have an ETag to revalidate with. The header `last-event-id` of a " +
      "newest page is where a stream resumes from it without a gap. With `format=csv`, `ndjson` or `parquet`, or such " +
      "an `accept`, it answers as the paths below do.",
    query: RANGE_QUERY,
    inPath: null,
    answers: { "application/json": CANDLE_PAGE },
    errors: [400, 404, 429, 503],
    conditional: true,
    example: "/api/candles?product=BTC-USD&granularity=ONE_HOUR&limit=3",
  },
  {
    path: "/api/candles.csv",
    id: "candlesCsv",
    tag: "history",
    summary: "History as CSV",
    description: `${WHOLE_RANGE} The first line has the columns' names, null is an empty field.`,
    query: CSV_QUERY,
    inPath: null,
    answers: { "text/csv": null },
    errors: [400, 404, 429, 503],
    conditional: true,
    example: "/api/candles.csv?product=BTC-USD&granularity=ONE_HOUR&limit=3",
  },
  {
    path: "/api/candles.ndjson",
    id: "candlesNdjson",
    tag: "history",
    summary: "History as lines of JSON",
    description: `${WHOLE_RANGE} Each line is a Candle.`,
    query: RANGE_QUERY,
    inPath: null,
    answers: { "application/x-ndjson": null },
    errors: [400, 404, 429, 503],
    conditional: true,
    example: "/api/candles.ndjson?product=BTC-USD&granularity=ONE_HOUR&limit=3",
  },
  {
    path: "/api/candles.parquet",
    id: "candlesParquet",
    tag: "history",
    summary: "History as Parquet",
    description:
      `${WHOLE_RANGE} A file for DuckDB, pandas and their like: numbers are DECIMAL with all their digits, ` +
      "`timestamp` is a timestamp in UTC.",
    query: RANGE_QUERY,
    inPath: null,
    answers: { [PARQUET]: null },
    errors: [400, 404, 429, 503],
    conditional: true,
    example: "/api/candles.parquet?product=BTC-USD&granularity=ONE_HOUR&limit=3",
  },
  {
    path: "/api/products",
    id: "products",
    tag: "products",
    summary: "Products",
    description:
      "Every product that is followed here, with the exchange's figures of the last 24 hours. Products " +
      "that the exchange has delisted stay, and are marked.",
    query: null,
    inPath: null,
    answers: { "application/json": PRODUCT_LIST },
    errors: [429, 503],
    conditional: true,
    example: "/api/products",
  },
  {
    path: "/api/products/{id}",
    id: "product",
    tag: "products",
    summary: "One product",
    description: "The same of one product.",
    query: null,
    inPath: z.object({ id: PRODUCT }),
    answers: { "application/json": PRODUCT_DETAIL },
    errors: [400, 404, 429, 503],
    conditional: true,
    example: "/api/products/BTC-USD",
  },
  {
    path: "/history",
    id: "chartHistory",
    tag: "history",
    summary: "History in the older chart library's shape",
    description:
      "For pages that were made for the older server; new ones use /api/candles. At most 200 candles, " +
      "the newest of the range.",
    query: CHART_QUERY,
    inPath: null,
    answers: { "application/json": CHART_HISTORY },
    errors: [400, 404, 429, 503],
    conditional: true,
    example: "/history?symbol=BTC-USD&granularity=ONE_HOUR&exchange=coinbase",
  },
  ...UDF_ENDPOINTS,
  {
    path: "/healthz",
    id: "alive",
    tag: "operations",
    summary: "Is the process up?",
    description: "Nothing more is checked.",
    query: null,
    inPath: null,
    answers: { "text/plain": null },
    errors: [429],
    conditional: false,
    example: "/healthz",
  },
  {
    path: "/readyz",
    id: "readiness",
    tag: "operations",
    summary: "Can the process do its work?",
    description:
      "Part by part, with the state of each; 503, with the same contents, while one is down or starting. " +
      "`/health` is the same.",
    query: null,
    inPath: null,
    answers: { "application/json": READINESS },
    unavailable: READINESS,
    errors: [429],
    conditional: false,
    example: "/readyz",
  },
  {
    path: "/metrics",
    id: "metrics",
    tag: "operations",
    summary: "Figures for Prometheus",
    description: "The exposition format.",
    query: null,
    inPath: null,
    answers: { "text/plain": null },
    errors: [429, 503],
    conditional: false,
    example: "/metrics",
  },
];
