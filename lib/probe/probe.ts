import type { ProductId } from "../candles/product.ts";
import { asList } from "../coinbase/json.ts";
import { readProduct } from "../coinbase/product_reader.ts";
import type { ExchangeProduct } from "../exchange/exchange_product.ts";
import { pause } from "../time/pause.ts";
import { RecordingRest } from "./recording_rest.ts";
import { fromBusiestToQuietest } from "./probed_products.ts";
import { sendFollowUpRequests } from "./follow_up_requests.ts";
import { type ConnectionName, type Entry, Recorder, type Recording } from "./recording.ts";
import { openWatch, type Watch } from "./watch.ts";

/** The probe cannot begin; the message has the reason. */
export class ProbeError extends Error {
  override readonly name = "ProbeError";
}

export interface ProbeOptions {
  readonly wsUrl: string;
  /** Up to and including `/api/v3/brokerage`. */
  readonly restUrl: string;
  readonly requestsPerSecond: number;
  /** Null: a handful, from the busiest to the quietest. */
  readonly products: readonly ProductId[] | null;
  /** How long the feed is watched. */
  readonly seconds: number;
  /** Ends the probe early: the recording has what was received until then. */
  readonly signal: AbortSignal;
  /** Most characters of the recording. */
  readonly maxLength?: number;
  readonly report: (line: string) => void;
}

const PRODUCTS = "/market/products";
const PRODUCTS_PER_PAGE = 500;
const MAX_PRODUCT_PAGES = 10;
/** While the feed is watched, the newest trades are listed this often. */
const POLLS = 12;
const MIN_POLL_MS = 100;
/** A product that no exchange lists. */
const NO_PRODUCT = "NOSUCHPROBE-USD";

/**
 * Watches the exchange for a while and sends it some seventy read-only requests, at the program's own rate; all that
 * comes is recorded. Rejects with a `ProbeError` if the exchange cannot be reached at all, or does not list a product.
 */
export async function probe(options: ProbeOptions): Promise<Recording> {
  const { restUrl, requestsPerSecond, seconds, signal, report } = options;
  const startedAt = new Date().toISOString();
  const recorder = new Recorder(options.maxLength);
  const rest = new RecordingRest({ url: restUrl, requestsPerSecond, recorder, signal });
  let products: readonly ProductId[] = [];
  const watches: Watch[] = [];
  try {
    const listed = await listProducts(rest, recorder);
    products = choose(listed, options.products);
    report(`watching ${products.join(", ")} for ${seconds} s`);
    const open = (name: ConnectionName, ids: readonly string[], beats: boolean) =>
      watch(options.wsUrl, name, recorder, watches, ids, beats);
    await open("main", products, true);
    await observe(rest, open, products, twinOf(listed, products), options);
    report("requesting the past");
    await sendFollowUpRequests(rest, recorder, products, NO_PRODUCT, signal);
  } catch (error) {
    // A stopped probe ends with what it has recorded.
    if (!signal.aborted) throw error;
  } finally {
    for (const each of watches) each.close();
  }
  return {
    startedAt,
    wsUrl: withoutSecrets(options.wsUrl),
    restUrl: withoutSecrets(restUrl),
    products,
    entries: recorder.entries,
    full: recorder.full,
  };
}

async function listProducts(
  rest: RecordingRest,
  recorder: Recorder,
): Promise<readonly ExchangeProduct[]> {
  const byId = new Map<ProductId, ExchangeProduct>();
  for (let page = 0, offset = 0; page < MAX_PRODUCT_PAGES; page++) {
    const query = { product_type: "SPOT", limit: PRODUCTS_PER_PAGE, offset };
    const answer = await rest.request("products", PRODUCTS, query);
    const rows = answer?.status === 200 ? rowsOf(answer.body) : null;
    if (rows === null) {
      if (page > 0) break;
      throw new ProbeError(`the exchange does not give its list of products: ${whyNot(recorder)}`);
    }
    const known = byId.size;
    for (const row of rows) {
      const product = readProduct(row);
      if (product !== null) byId.set(product.productId, product);
    }
    offset += rows.length;
    // As the product does: a short page is not documented to be the last.
    if (byId.size === known) break;
  }
  for (const offset of [0, 3]) {
    await rest.request("products page", PRODUCTS, { product_type: "SPOT", limit: 3, offset });
  }
  return [...byId.values()];
}

function whyNot({ entries }: Recorder): string {
  const last: Entry | undefined = entries.at(-1);
  if (last?.kind === "failure") return last.reason;
  if (last?.kind !== "answer") return "no answer";
  return last.status === 200 ? "its answer is not a list" : `it answers with HTTP ${last.status}`;
}

function choose(
  listed: readonly ExchangeProduct[],
  wanted: readonly ProductId[] | null,
): readonly ProductId[] {
  if (wanted === null) {
    const chosen = fromBusiestToQuietest(listed);
    if (chosen.length === 0) throw new ProbeError("the exchange lists nothing traded in dollars");
    return chosen;
  }
  const known = new Set(listed.map(({ productId }) => productId));
  const unknown = wanted.filter((id) => !known.has(id));
  if (unknown.length > 0) {
    throw new ProbeError(`--products: the exchange does not list ${unknown.join(", ")}`);
  }
  return wanted;
}

/** An alias of the busiest product that has one. */
function twinOf(
  listed: readonly ExchangeProduct[],
  products: readonly ProductId[],
): ProductId | null {
  for (const id of products) {
    const product = listed.find(({ productId }) => productId === id);
    if (product?.aliasTo[0] !== undefined) return product.aliasTo[0];
  }
  return listed.find(({ alias, status }) => alias !== null && status === "online")?.productId ??
    null;
}

async function watch(
  url: string,
  name: ConnectionName,
  recorder: Recorder,
  watches: Watch[],
  ids: readonly string[],
  heartbeats: boolean,
): Promise<void> {
  try {
    const opened = await openWatch(url, name, recorder);
    watches.push(opened);
    opened.subscribe("market_trades", ids);
    if (heartbeats) opened.subscribe("heartbeats");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    // The other connections are optional: without one of them some assumptions are "not seen".
    if (name === "main") throw new ProbeError(`the feed cannot be reached: ${reason}`);
  }
}

/** Lists the newest trades again and again, and opens the further connections in between. */
async function observe(
  rest: RecordingRest,
  open: (name: ConnectionName, ids: readonly string[], heartbeats: boolean) => Promise<void>,
  products: readonly ProductId[],
  twin: ProductId | null,
  { seconds, signal }: ProbeOptions,
): Promise<void> {
  const [busiest] = products;
  if (busiest === undefined) return;
  const endsAt = performance.now() + seconds * 1000;
  const everyMs = Math.max(MIN_POLL_MS, seconds * 1000 / POLLS);
  const further = [
    () => open("stranger", [NO_PRODUCT], false),
    () => twin === null ? Promise.resolve() : open("twin", [twin], true),
    () => open("second", [busiest], false),
  ];
  for (let poll = 0;; poll++) {
    const leftMs = endsAt - performance.now();
    await pause(Math.min(everyMs, Math.max(0, leftMs)), signal);
    signal.throwIfAborted();
    if (leftMs <= everyMs) break;
    if (poll % 2 === 1) await further.shift()?.();
    await rest.request("poll", `${PRODUCTS}/${busiest}/ticker`, { limit: 100 });
  }
  for (const next of further) await next();
}

function rowsOf(body: string): readonly unknown[] | null {
  try {
    return asList(JSON.parse(body)?.products);
  } catch {
    return null;
  }
}

/** An address without user, password and query. */
function withoutSecrets(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
