import type { Candle, CandleValues } from "./candle.ts";
import type { Decimal } from "./decimal.ts";

/**
 * A candle in the form that is sent to clients; history also has granularities that are multiples
 * of the stored ones.
 */
export type WireCandle = Omit<Candle, "granularity"> & { readonly granularity: string };

/** How the values of two stretches of time, one after the other, become one. */
export type MergeRule = "first" | "last" | "max" | "min" | "sum";

interface FieldBase {
  /** The name on every wire, in every download and in the database. */
  readonly wire: string;
  /** Its meaning, for the API's description. */
  readonly about: string;
  readonly example?: string;
  /** The column's type in `candles`; null where a stored candle needs no such column. */
  readonly column: "text" | "timestamptz" | "numeric" | "bigint" | "integer" | "boolean" | null;
  /** Null for identity and state, which are not merged. */
  readonly merge: MergeRule | null;
}

/** Text of letters, digits and signs that needs no escaping in any format. */
export interface TextField<From = WireCandle> extends FieldBase {
  readonly kind: "text";
  readonly read: (candle: From) => string;
}

export interface FlagField<From = WireCandle> extends FieldBase {
  readonly kind: "flag";
  readonly read: (candle: From) => boolean;
}

/** A safe integer without a sign. */
export interface CountField<From = WireCandle> extends FieldBase {
  readonly kind: "count";
  readonly nullable: boolean;
  readonly read: (candle: From) => number | null;
}

/** An exact decimal number. */
export interface DecimalField<From = WireCandle> extends FieldBase {
  readonly kind: "decimal";
  readonly nullable: boolean;
  readonly read: (candle: From) => Decimal | null;
}

export type CandleField<From = WireCandle> =
  | TextField<From>
  | FlagField<From>
  | CountField<From>
  | DecimalField<From>;

type FieldOf<T, From> = T extends string ? TextField<From>
  : T extends boolean ? FlagField<From>
  : T extends number | null ? CountField<From>
  : DecimalField<From>;

/**
 * Every field of a candle, in the order of the wire. All code that writes, reads, stores or
 * describes whole candles derives from this table, and the compiler checks it against `Candle`.
 * Each `read` is a separate function, since looking a property up by a varying name is several
 * times slower.
 */
export const FIELDS: {
  readonly [Name in keyof Candle]: FieldOf<
    Candle[Name],
    Name extends keyof CandleValues ? CandleValues : WireCandle
  >;
} = {
  productId: {
    kind: "text",
    wire: "product_id",
    about: "The product.",
    example: "BTC-USD",
    column: "text",
    merge: null,
    read: ({ productId }) => productId,
  },
  granularity: {
    kind: "text",
    wire: "granularity",
    about: "The length of a candle, in its canonical spelling.",
    example: "ONE_MINUTE",
    column: "text",
    merge: null,
    read: ({ granularity }) => granularity,
  },
  start: {
    kind: "count",
    wire: "timestamp",
    about: "The bucket's start, epoch seconds, aligned in UTC.",
    column: "timestamptz",
    nullable: false,
    merge: null,
    read: ({ start }) => start,
  },
  open: price("open", "Price of the trade with the smallest id.", "first", ({ open }) => open),
  high: price("high", "The highest price.", "max", ({ high }) => high),
  low: price("low", "The lowest price.", "min", ({ low }) => low),
  close: price("close", "Price of the trade with the largest id.", "last", ({ close }) => close),
  volume: price("volume", "Sum of sizes, in the base currency.", "sum", ({ volume }) => volume),
  isComplete: {
    kind: "flag",
    wire: "is_complete",
    about: "The bucket is over.",
    // All stored candles are.
    column: null,
    merge: null,
    read: ({ isComplete }) => isComplete,
  },
  trades: {
    kind: "count",
    wire: "trades",
    about: "How many trades; null where only the exchange's own candle is known.",
    column: "bigint",
    nullable: true,
    merge: "sum",
    read: ({ trades }) => trades,
  },
  quoteVolume: {
    kind: "decimal",
    wire: "quote_volume",
    about: "Sum of price × size, in the quote currency.",
    column: "numeric",
    nullable: true,
    merge: "sum",
    read: ({ quoteVolume }) => quoteVolume,
  },
  buyVolume: {
    kind: "decimal",
    wire: "buy_volume",
    about: "Sum of the sizes whose taker bought.",
    column: "numeric",
    nullable: true,
    merge: "sum",
    read: ({ buyVolume }) => buyVolume,
  },
  exact: {
    kind: "flag",
    wire: "exact",
    about: "Built from every trade of its bucket, proven by contiguous trade ids; final.",
    column: "boolean",
    merge: null,
    read: ({ exact }) => exact,
  },
  revision: {
    kind: "count",
    wire: "revision",
    about: "0 when first closed, one more with every later change.",
    column: "integer",
    nullable: false,
    merge: null,
    read: ({ revision }) => revision,
  },
  firstTradeId: {
    kind: "count",
    wire: "first_trade_id",
    about: "The smallest trade id.",
    column: "bigint",
    nullable: true,
    merge: "first",
    read: ({ firstTradeId }) => firstTradeId,
  },
  lastTradeId: {
    kind: "count",
    wire: "last_trade_id",
    about: "The largest trade id.",
    column: "bigint",
    nullable: true,
    merge: "last",
    read: ({ lastTradeId }) => lastTradeId,
  },
};

/** `FIELDS` in the order of the wire. */
export const CANDLE_FIELDS: readonly CandleField[] = Object.freeze(Object.values(FIELDS));

const { productId: _id, granularity: _length, start: _start, ...REST } = FIELDS;
const { isComplete: _over, exact: _exact, revision: _revision, ...VALUES } = REST;

/** The fields that are values: all but identity and state. */
export const VALUE_FIELDS: readonly CandleField<CandleValues>[] = Object.freeze(
  Object.values(VALUES),
);

/** A decimal field that no candle lacks. */
function price(
  wire: string,
  about: string,
  merge: MergeRule,
  read: (values: CandleValues) => Decimal,
): DecimalField<CandleValues> {
  return { kind: "decimal", wire, about, column: "numeric", nullable: false, merge, read };
}
