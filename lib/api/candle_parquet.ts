import { ByteWriter, type ColumnSource, ParquetWriter, type SchemaElement } from "hyparquet-writer";
import { CANDLE_FIELDS, type CandleField, type WireCandle } from "../candles/candle_fields.ts";
import { type Decimal, formatDecimal } from "../candles/decimal.ts";

/** Its media type. */
export const PARQUET = "application/vnd.apache.parquet";

/** Rows that are written together: some 0.5 MB in memory, and some 5 ms of work. */
const GROUP_ROWS = 512;
/** The most that readers take: 16 bytes. */
const PRECISION = 38;
const DECIMAL_BYTES = 16;
/** Digits after the point. A product of price and size has as many as both together. */
const SCALE = 18;
const PRODUCT_SCALE = 22;
const POWERS = Array.from({ length: PRODUCT_SCALE + 1 }, (_, power) => 10n ** BigInt(power));
const LIMIT = 10n ** BigInt(PRECISION);

/**
 * Candles as a Parquet file, in pieces, written as they are consumed: numbers are DECIMAL with all their digits, times are
 * timestamps in UTC. Holds one group of rows. Throws an Error naming a number that has more digits than a column.
 */
export async function* parquetChunks(
  pieces: AsyncIterable<readonly WireCandle[]>,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const writer = new ByteWriter();
  const schema = SCHEMA.map((element) => ({ ...element }));
  const file = new ParquetWriter({ writer, schema, createdBy: "Spot Canvas" });
  let rows: WireCandle[] = [];
  for await (const candles of pieces) {
    for (const candle of candles) {
      rows.push(candle);
      if (rows.length < GROUP_ROWS) continue;
      file.write(groupOf(rows));
      yield taken(writer);
      rows = [];
    }
  }
  if (rows.length > 0) file.write(groupOf(rows));
  // The types are set only in the footer. If they were set before, the library would convert bigints to bytes, ten
  // times as slowly.
  for (const element of schema) {
    if (element.type === "FIXED_LEN_BYTE_ARRAY") element.converted_type = "DECIMAL";
  }
  file.finish();
  yield taken(writer);
}

function groupOf(rows: readonly WireCandle[]) {
  const columnData: ColumnSource[] = CANDLE_FIELDS.map((field) => ({
    name: field.wire,
    data: rows.map((candle) => valueOf(field, candle)),
    offsetIndex: false,
    // A dictionary of prices and volumes would be useless, since hardly one comes twice.
    ...(field.kind === "decimal" ? { encoding: "PLAIN" as const, statistics: false } : {}),
    ...(field.kind === "count" ? { encoding: "DELTA_BINARY_PACKED" as const } : {}),
  }));
  return { columnData, rowGroupSize: GROUP_ROWS };
}

function taken(writer: ByteWriter): Uint8Array<ArrayBuffer> {
  const bytes = writer.getBytes().slice();
  // The position in the file is `offset`, which is kept.
  writer.index = 0;
  return bytes;
}

const SCHEMA: SchemaElement[] = [
  { name: "candles", num_children: CANDLE_FIELDS.length },
  ...CANDLE_FIELDS.map((field): SchemaElement => ({
    name: field.wire,
    repetition_type: "nullable" in field && field.nullable ? "OPTIONAL" : "REQUIRED",
    ...typeOf(field),
  })),
];

function typeOf(field: CandleField): Omit<SchemaElement, "name"> {
  if (field.wire === "timestamp") {
    const logical = { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MILLIS" } as const;
    return { type: "INT64", converted_type: "TIMESTAMP_MILLIS", logical_type: logical };
  }
  switch (field.kind) {
    case "text":
      return { type: "BYTE_ARRAY", converted_type: "UTF8" };
    case "flag":
      return { type: "BOOLEAN" };
    case "count":
      return { type: "INT64" };
    case "decimal":
      return {
        type: "FIXED_LEN_BYTE_ARRAY",
        type_length: DECIMAL_BYTES,
        precision: PRECISION,
        scale: scaleOf(field),
      };
  }
}

function scaleOf({ wire }: CandleField): number {
  return wire === "quote_volume" ? PRODUCT_SCALE : SCALE;
}

function valueOf(
  field: CandleField,
  candle: WireCandle,
): string | boolean | bigint | Uint8Array | null {
  if (field.kind === "decimal") {
    const value = field.read(candle);
    return value === null ? null : bytesOf(unscaled(value, scaleOf(field), field.wire));
  }
  const value = field.read(candle);
  if (typeof value !== "number") return value;
  return BigInt(field.wire === "timestamp" ? value * 1000 : value);
}

function unscaled(value: Decimal, scale: number, column: string): bigint {
  const units = value.scale > scale
    ? null
    : BigInt(value.units) * (POWERS[scale - value.scale] ?? 1n);
  if (units !== null && units < LIMIT && units > -LIMIT) return units;
  throw new Error(
    `${formatDecimal(value)} does not fit DECIMAL(${PRECISION}, ${scale}) of ${column}`,
  );
}

const BYTES = new Uint8Array(DECIMAL_BYTES);
const VIEW = new DataView(BYTES.buffer);

/** Two's complement, the highest byte first. */
function bytesOf(units: bigint): Uint8Array {
  VIEW.setBigInt64(0, units >> 64n);
  VIEW.setBigUint64(8, BigInt.asUintN(64, units));
  return new Uint8Array(BYTES);
}
