import { type Candle, candleKey, type CandleState, compareStates } from "../candles/candle.ts";
import { type Decimal, decimal, formatDecimal } from "../candles/decimal.ts";
import { epochSeconds, type Granularity } from "../candles/granularity.ts";
import { type ProductId, productId } from "../candles/product.ts";

/** A row of `candles` as `CANDLE_COLUMNS` selects it: numerics and bigints as text. */
export interface CandleRow {
  readonly product_id: string;
  readonly granularity: Granularity;
  readonly start: string;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string;
  readonly quote_volume: string | null;
  readonly buy_volume: string | null;
  readonly trades: string | null;
  readonly first_trade_id: string | null;
  readonly last_trade_id: string | null;
  readonly exact: boolean;
  readonly revision: number;
}

/** What every reader of candles selects, from the table under the name `c`. */
export const CANDLE_COLUMNS = `c.product_id, c.granularity,
  extract(epoch FROM c.start)::bigint AS start, c.open, c.high, c.low, c.close, c.volume,
  c.quote_volume, c.buy_volume, c.trades, c.first_trade_id, c.last_trade_id, c.exact, c.revision`;

/** A stored row as the closed candle that it is. */
export function candleOf(row: CandleRow): Candle {
  return {
    productId: productId(row.product_id),
    granularity: row.granularity,
    start: epochSeconds(Number(row.start)),
    open: decimal(row.open),
    high: decimal(row.high),
    low: decimal(row.low),
    close: decimal(row.close),
    volume: decimal(row.volume),
    trades: numberOf(row.trades),
    quoteVolume: row.quote_volume === null ? null : decimal(row.quote_volume),
    buyVolume: row.buy_volume === null ? null : decimal(row.buy_volume),
    firstTradeId: numberOf(row.first_trade_id),
    lastTradeId: numberOf(row.last_trade_id),
    isComplete: true,
    exact: row.exact,
    revision: row.revision,
  };
}

/** A bigint column's text as a number (ids and counts are far below 2^53). */
export function numberOf(text: string | null): number | null {
  return text === null ? null : Number(text);
}

/**
 * Only the highest state of each candle: one statement must not touch a row twice. Live candles are no
 * concern of the database and are left out.
 */
export function highestStates(candles: readonly Candle[]): readonly Candle[] {
  const highest = new Map<string, Candle>();
  for (const candle of candles) {
    if (!candle.isComplete) continue;
    const key = identity(candle);
    const held = highest.get(key);
    if (held === undefined || compareStates(candle, held) > 0) highest.set(key, candle);
  }
  return [...highest.values()];
}

function identity({ productId, granularity, start }: Candle & CandleState): string {
  return `${candleKey(productId, granularity)}.${start}`;
}

/**
 * The columns of many candles as PostgreSQL array literals, in the order of the arrays that `UPSERT` unnests. Built by hand
 * since no value of ours needs quoting: it is several times faster than escaping each one.
 */
export function columnLiterals(candles: readonly Candle[]): string[] {
  return [
    literal(candles, (candle): ProductId => candle.productId),
    literal(candles, (candle): Granularity => candle.granularity),
    literal(candles, ({ start }) => start),
    literal(candles, ({ open }) => formatDecimal(open)),
    literal(candles, ({ high }) => formatDecimal(high)),
    literal(candles, ({ low }) => formatDecimal(low)),
    literal(candles, ({ close }) => formatDecimal(close)),
    literal(candles, ({ volume }) => formatDecimal(volume)),
    literal(candles, ({ quoteVolume }) => nullable(quoteVolume)),
    literal(candles, ({ buyVolume }) => nullable(buyVolume)),
    literal(candles, ({ trades }) => trades ?? "NULL"),
    literal(candles, ({ firstTradeId }) => firstTradeId ?? "NULL"),
    literal(candles, ({ lastTradeId }) => lastTradeId ?? "NULL"),
    literal(candles, ({ exact }) => exact ? "t" : "f"),
    literal(candles, ({ revision }) => revision),
  ];
}

function literal(
  candles: readonly Candle[],
  read: (candle: Candle) => string | number,
): string {
  let text = "{";
  for (let i = 0; i < candles.length; i++) {
    const candle = candles[i];
    if (candle === undefined) continue;
    text += i === 0 ? read(candle) : `,${read(candle)}`;
  }
  return `${text}}`;
}

function nullable(value: Decimal | null): string {
  return value === null ? "NULL" : formatDecimal(value);
}
