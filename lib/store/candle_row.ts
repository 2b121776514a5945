import { type Candle, candleKey, type CandleState, compareStates } from "../candles/candle.ts";
import { CANDLE_FIELDS, type CandleField } from "../candles/candle_fields.ts";
import { formatDecimal } from "../candles/decimal.ts";
import { readCandle } from "../candles/wire.ts";
import { nextTurn } from "../time/next_turn.ts";

/** A row of `candles` as `CANDLE_COLUMNS` selects it: numerics and bigints as text. */
export type CandleRow = Readonly<Record<string, string | number | boolean | null>>;

interface StoredField {
  readonly field: CandleField;
  readonly name: string;
  /** The type of the column's array in `columnLiterals`. */
  readonly type: string;
}

/** The columns of `candles`, in the order of the wire; a start goes to and from the database as epoch seconds. */
export const STORED: readonly StoredField[] = CANDLE_FIELDS.flatMap((field) => {
  const { column } = field;
  if (column === null) return [];
  if (column === "timestamptz") return { field, name: "start", type: "bigint" };
  return { field, name: field.wire, type: column };
});

/** The columns' names for an insert. */
export const COLUMN_NAMES = STORED.map(({ name }) => name);

/** What a reader of candles selects of each column, from the table under the name `c`. */
export const COLUMN_VALUES = STORED.map(({ name }) =>
  name === "start" ? "extract(epoch FROM c.start)::bigint" : `c.${name}`
);

/** What every reader of candles selects, from the table under the name `c`. */
export const CANDLE_COLUMNS = COLUMN_NAMES
  .map((name, index) => `${COLUMN_VALUES[index]} AS ${name}`).join(", ");

const NAMES: ReadonlyMap<string, string> = new Map(
  STORED.map(({ field, name }) => [field.wire, name]),
);

/** A stored row as a closed candle. Throws a `TypeError` for an invalid row. */
export function candleOf(row: CandleRow): Candle {
  const candle = readCandle(({ wire }) => {
    const name = NAMES.get(wire);
    // The one field without a column is `isComplete`, which is true of every stored candle.
    if (name === undefined) return "true";
    const value = row[name];
    return value === null || value === undefined ? value : `${value}`;
  });
  if (candle === null) throw new TypeError("a stored row is not a candle");
  return candle;
}

/**
 * Only the highest state of each candle, since one statement must not touch a row twice. Live candles are not stored
 * and left out.
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

/** Most candles of which all columns are built in one turn of the event loop: some 2 ms. */
const SLICE = 500;

/**
 * The columns of many candles as PostgreSQL array literals, in the order of the arrays that `UPSERT` unnests. Built by
 * hand, since no value needs quoting and escaping each one is several times slower. Those of very many candles (the end
 * of an hour has thousands) are built one in each turn of the event loop.
 */
export async function columnLiterals(candles: readonly Candle[]): Promise<string[]> {
  const columns: string[] = [];
  for (const { field } of STORED) {
    if (columns.length > 0 && candles.length > SLICE) await nextTurn();
    columns.push(columnLiteral(candles, field));
  }
  return columns;
}

function columnLiteral(candles: readonly Candle[], field: CandleField): string {
  switch (field.kind) {
    case "decimal":
      return literal(candles, (candle) => {
        const value = field.read(candle);
        return value === null ? "NULL" : formatDecimal(value);
      });
    case "flag":
      return literal(candles, (candle) => field.read(candle) ? "t" : "f");
    default:
      return literal(candles, (candle) => field.read(candle) ?? "NULL");
  }
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
