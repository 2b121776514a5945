import { parseArgs } from "node:util";
import { parseProductId, PRODUCT_ID_SHAPE, type ProductId } from "../lib/candles/product.ts";
import { UsageError } from "./usage_error.ts";

/** The parsed command line of `deno task probe`. */
export type ProbeRequest =
  | {
    readonly kind: "probe";
    /** Null: a handful, from the busiest to the quietest. */
    readonly products: readonly ProductId[] | null;
    readonly seconds: number;
    /** The recording's file. */
    readonly out: string;
  }
  | { readonly kind: "replay"; readonly file: string };

export const MAX_PRODUCTS = 20;
const MAX_SECONDS = 3600;

export const USAGE =
  `usage: deno task probe [--products BTC-USD,ETH-USD] [--seconds 60] [--out FILE]
       deno task probe --replay FILE
Watches the exchange (COINBASE_WS_URL, COINBASE_REST_URL, at COINBASE_REST_RPS), sends it some seventy
requests, read only and without a key, and shows which assumptions of lib/coinbase hold. What was seen
is written to FILE, which --replay checks again and runs through the product, offline.
Exit code: 0 all hold; 1 something is contradicted; 3 nothing is, but something was not seen;
2 the command cannot be used; 4 the exchange cannot be reached, or FILE cannot be read or written.`;

/** Reads the command line. Throws a `UsageError` with every fault. */
export function readProbeRequest(args: readonly string[], now: Date): ProbeRequest {
  const { products, seconds, out, replay } = readValues(args);
  if (replay !== undefined) {
    const others = Object.entries({ products, seconds, out });
    const given = others.flatMap(([name, value]) => value === undefined ? [] : [`--${name}`]);
    if (given.length > 0) throw new UsageError(`--replay: cannot be used with ${given.join(", ")}`);
    if (replay === "") throw new UsageError("--replay: give a recording's file");
    return { kind: "replay", file: replay };
  }
  const problems: string[] = [];
  const ids = readProducts(products, problems);
  const wanted = seconds ?? "60";
  const count = Number(wanted);
  if (!/^\d+(\.\d+)?$/.test(wanted) || !(count > 0 && count <= MAX_SECONDS)) {
    problems.push(
      `--seconds: ${JSON.stringify(wanted)}: give a number above 0, at most ${MAX_SECONDS}`,
    );
  }
  if (out === "") problems.push("--out: give a file");
  if (problems.length > 0) throw new UsageError(problems.join("\n"));
  const stamp = now.toISOString().slice(0, 19).replace(/\W/g, "");
  return { kind: "probe", products: ids, seconds: count, out: out ?? `probe-${stamp}Z.ndjson` };
}

function readProducts(text: string | undefined, problems: string[]): readonly ProductId[] | null {
  if (text === undefined) return null;
  const ids: ProductId[] = [];
  for (const part of text.split(",").map((one) => one.trim()).filter((one) => one !== "")) {
    const id = parseProductId(part);
    if (id === null) {
      problems.push(`--products: ${JSON.stringify(part)}: give ${PRODUCT_ID_SHAPE}`);
    } else if (!ids.includes(id)) ids.push(id);
  }
  if (ids.length === 0 && problems.length === 0) {
    problems.push(`--products: give ${PRODUCT_ID_SHAPE}`);
  }
  if (ids.length > MAX_PRODUCTS) {
    problems.push(`--products: ${ids.length} are too many: give at most ${MAX_PRODUCTS}`);
  }
  return ids;
}

function readValues(args: readonly string[]) {
  const text = { type: "string" } as const;
  try {
    const options = { products: text, seconds: text, out: text, replay: text };
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
