import { parseArgs } from "node:util";
import {
  type EpochSeconds,
  epochSeconds,
  GRANULARITIES,
  type Granularity,
  parseGranularity,
} from "../lib/candles/granularity.ts";
import { parseProductId, PRODUCT_ID_SHAPE, type ProductId } from "../lib/candles/product.ts";
import { UsageError } from "./usage_error.ts";

/** The parsed command line of `deno task backfill`. */
export interface BackfillRequest {
  /** Null: all products that the app would follow. */
  readonly productIds: readonly ProductId[] | null;
  readonly granularities: readonly Granularity[];
  readonly from: EpochSeconds;
  /** From trades rather than from the exchange's candles. */
  readonly exact: boolean;
  /** Exclusive; null: as late as possible. */
  readonly to: EpochSeconds | null;
}

export const USAGE = `usage: deno task backfill --products BTC-USD,ETH-USD|all --from 2024-01-01
         [--to 2024-06-01] [--granularities ONE_MINUTE,ONE_HOUR|all]
       deno task backfill --exact --from 2024-01-01 [--products BTC-USD|all]
Brings the exchange's candles into the database; with --exact, rebuilds candles from trades, down from where they are
proven: a request for each 1,000 trades. Stop it at any time: the next run resumes.`;

/** Reads the command line. Throws a `UsageError` with every fault. */
export function readBackfillRequest(args: readonly string[]): BackfillRequest {
  const values = readValues(args);
  const { exact = false, granularities = "all", from, to } = values;
  const products = values.products ?? (exact ? "all" : undefined);
  const problems: string[] = [];
  const list = <T>(name: string, text: string, read: (text: string) => T | null, allowed: string) =>
    text.split(",").map((part) => part.trim()).filter((part) => part !== "").flatMap((part) => {
      const value = read(part);
      if (value === null) problems.push(`--${name}: ${JSON.stringify(part)}: give ${allowed}`);
      return value === null ? [] : [value];
    });
  const time = (name: string, text: string | undefined) => {
    const seconds = text === undefined ? NaN : Date.parse(text) / 1000;
    if (Number.isFinite(seconds)) return epochSeconds(Math.floor(seconds));
    if (text !== undefined) {
      problems.push(`--${name}: ${JSON.stringify(text)}: give a date such as 2024-01-01`);
    }
    return null;
  };
  const productIds = products === undefined || products === "all"
    ? null
    : list("products", products, parseProductId, `all, or ${PRODUCT_ID_SHAPE}`);
  if (products === undefined || productIds?.length === 0) problems.push("--products is missing");
  const wanted = granularities === "all" ? GRANULARITIES : list(
    "granularities",
    granularities,
    parseGranularity,
    `all, or of ${GRANULARITIES.join(" ")}`,
  );
  const start = time("from", from);
  const end = time("to", to);
  if (from === undefined) problems.push("--from is missing");
  if (start !== null && end !== null && start >= end) problems.push("--to: must be after --from");
  for (const name of ["to", "granularities"] as const) {
    if (exact && (name === "to" ? to : values.granularities) !== undefined) {
      problems.push(`--${name}: not with --exact, which rebuilds everything up to the proven past`);
    }
  }
  if (problems.length > 0 || start === null) throw new UsageError(problems.join("\n"));
  return { productIds, granularities: wanted, from: start, to: end, exact };
}

function readValues(args: readonly string[]) {
  const text = { type: "string" } as const;
  try {
    const options = {
      products: text,
      granularities: text,
      from: text,
      to: text,
      exact: { type: "boolean" } as const,
    };
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
