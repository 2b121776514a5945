import type { Candle } from "../candles/candle.ts";
import { parseGranularity } from "../candles/granularity.ts";
import { parseProductId, type ProductId } from "../candles/product.ts";
import { type FirestoreDocument, isRecord } from "./document.ts";
import type { DocumentSource } from "./document_source.ts";
import { type OldCandle, oldCandles, type OldKey } from "./old_candle.ts";

/** The target of an import; a dry run has no `progress` and an `upsert` that writes nothing. */
export interface ImportTarget {
  upsert(candles: readonly Candle[]): Promise<number>;
  readonly progress: {
    progress(
      source: string,
      collection: string,
    ): Promise<{ nextToken: string | null; imported: number; skipped: number } | null>;
    remember(
      source: string,
      collection: string,
      progress: { nextToken: string | null; imported: number; skipped: number },
    ): Promise<void>;
  } | null;
}

export interface ImportReport {
  /** The number of usable candles. */
  found: number;
  /** The number of written ones; the others were stored already, as good or better. */
  written: number;
  /** Collections that an earlier run had finished. */
  finishedBefore: number;
  readonly collections: Map<string, number>;
  /** Why candles and collections were left out, how often, and one path where. */
  readonly skipped: Map<string, { count: number; example: string }>;
}

export interface ImportOptions {
  /** The exchange's name in Firestore's paths. */
  readonly exchange: string;
  readonly nowSeconds: number;
  readonly stop?: AbortSignal;
  /** Called after every page. */
  readonly onPage?: (collection: string, report: ImportReport) => void;
}

/**
 * Imports the older server's candles: the history of every product and granularity, and the last candle of each if its
 * bucket is over. They are as inexact as the exchange's own, so they never replace a better one. After an interruption
 * the next run resumes at the same page.
 */
export async function importFirestore(
  source: DocumentSource,
  target: ImportTarget,
  options: ImportOptions,
): Promise<ImportReport> {
  const report: ImportReport = {
    found: 0,
    written: 0,
    finishedBefore: 0,
    collections: new Map(),
    skipped: new Map(),
  };
  const run = { source, target, options, report };
  for (const productId of await productsOf(run)) {
    const root = `exchanges/${options.exchange}/products/${productId}`;
    for await (const { path } of all(source, `${root}/history`)) {
      if (options.stop?.aborted) return report;
      const key = keyOf(productId, path, report);
      if (key !== null) await importCollection(run, `${path}/candles`, () => key);
    }
    if (options.stop?.aborted) return report;
    await importCollection(run, `${root}/intervals`, (path) => keyOf(productId, path, report));
  }
  return report;
}

interface Run {
  readonly source: DocumentSource;
  readonly target: ImportTarget;
  readonly options: ImportOptions;
  readonly report: ImportReport;
}

/** Products with history, and those that the older server was configured to follow. */
async function productsOf({ source, options, report }: Run): Promise<readonly ProductId[]> {
  const ids = new Set<ProductId>();
  const take = (text: string, where: string) => {
    const id = parseProductId(text.toUpperCase().replace("/", "-"));
    if (id === null) skip(report, "no product id", `${where}: ${text}`);
    else ids.add(id);
  };
  for await (const { path } of all(source, `exchanges/${options.exchange}/products`)) {
    take(path.split("/").at(-1) ?? "", path);
  }
  const pairs = (await source.get("trading_pairs/exchanges"))?.fields[options.exchange];
  const listed = Array.isArray(pairs) ? pairs : isRecord(pairs) ? Object.keys(pairs) : [];
  for (const pair of listed) {
    const name = isRecord(pair) ? pair.product_id ?? pair.id ?? pair.symbol : pair;
    take(typeof name === "string" ? name : JSON.stringify(name), "trading_pairs/exchanges");
  }
  return [...ids].sort();
}

function keyOf(productId: ProductId, path: string, report: ImportReport): OldKey | null {
  const name = path.split("/").at(-1) ?? "";
  const granularity = parseGranularity(name);
  if (granularity === null) skip(report, "a granularity that is not kept here", path);
  return granularity === null ? null : { productId, granularity };
}

async function importCollection(
  { source, target, options, report }: Run,
  collection: string,
  keyFor: (path: string) => OldKey | null,
): Promise<void> {
  const held = await target.progress?.progress(source.name, collection) ?? null;
  if (held !== null && held.nextToken === null) {
    report.finishedBefore++;
    return;
  }
  let { imported, skipped } = held ?? { imported: 0, skipped: 0 };
  let token = held?.nextToken ?? null;
  do {
    if (options.stop?.aborted) return;
    const { documents, nextToken } = await source.list(collection, token);
    const candles: Candle[] = [];
    for (const document of documents) {
      const key = keyFor(document.path);
      if (key === null) continue;
      for (const { candle, reason } of candlesOf(document, key, options.nowSeconds)) {
        if (candle !== null) candles.push(candle);
        else {
          skip(report, reason, document.path);
          skipped++;
        }
      }
    }
    report.written += await target.upsert(candles);
    report.found += candles.length;
    imported += candles.length;
    report.collections.set(collection, imported);
    await target.progress?.remember(source.name, collection, { nextToken, imported, skipped });
    options.onPage?.(collection, report);
    token = nextToken;
  } while (token !== null);
}

/** A document without fields only has collections below it. */
function candlesOf(document: FirestoreDocument, key: OldKey, nowSeconds: number): OldCandle[] {
  const { fields, path } = document;
  if (Object.keys(fields).length === 0) return [];
  return oldCandles(fields, path.split("/").at(-1) ?? "", key, nowSeconds);
}

async function* all(
  source: DocumentSource,
  collection: string,
): AsyncGenerator<FirestoreDocument> {
  let token: string | null = null;
  do {
    const { documents, nextToken }: Awaited<ReturnType<DocumentSource["list"]>> = await source.list(
      collection,
      token,
    );
    yield* documents;
    token = nextToken;
  } while (token !== null);
}

function skip({ skipped }: ImportReport, reason: string, example: string): void {
  const held = skipped.get(reason);
  if (held === undefined) skipped.set(reason, { count: 1, example });
  else held.count++;
}
