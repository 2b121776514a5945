/** `deno task backfill`: history from the exchange into the database. See `--help`. */
import { countPieces, inTurn, piecesOf, storePiece } from "../lib/repair/candle_pieces.ts";
import { compareGranularities, type Disagreement } from "./compare_granularities.ts";
import type { CandleRange, KeptCandles } from "../lib/repair/known_candles.ts";
import { containingStart, type EpochSeconds, epochSeconds } from "../lib/candles/granularity.ts";
import type { ProductId } from "../lib/candles/product.ts";
import { openExchange } from "../lib/app/exchanges.ts";
import { keptCandles } from "../lib/app/kept_candles.ts";
import type { ExchangeRest } from "../lib/exchange/exchange_rest.ts";
import { type Config, ConfigError, readConfig } from "../lib/config.ts";
import { logger } from "../lib/log.ts";
import { EmbeddedError } from "../lib/embedded/mod.ts";
import { chooseProducts } from "../lib/app/product_choice.ts";
import { describeError } from "../lib/store/database_error.ts";
import type { Store } from "../lib/store/store.ts";
import { type BackfillRequest, readBackfillRequest, USAGE } from "./backfill_options.ts";
import { rebuildExact } from "./exact_backfill.ts";
import { openTaskStore } from "./task_store.ts";
import { ProgressLine, type ProgressScreen } from "./progress_line.ts";
import { UsageError } from "./usage_error.ts";
import { stopSignal } from "./stop_signal.ts";

const WORKERS = 4;
/** The exchange's newest candles may still change for a moment. */
const SETTLED_SECONDS = 120;

export interface BackfillEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly screen: ProgressScreen;
  /** Ends the run after the current pieces. */
  readonly stop: AbortSignal;
  /** Epoch seconds. */
  readonly now: () => number;
}

/** Runs the command and answers with the process' exit code: 0, 1 if anything is left undone, 2 for a bad command. */
export async function main(args: readonly string[], outside: BackfillEnvironment): Promise<number> {
  const print = (line: string) => outside.screen.write(`${line}\n`);
  if (args.includes("--help")) {
    print(USAGE);
    return 0;
  }
  try {
    const request = readBackfillRequest(args);
    const config = readConfig(outside.env);
    await using opened = await openTaskStore(config, print);
    return await backfill(request, config, opened.store, outside);
  } catch (error) {
    if (error instanceof UsageError || error instanceof ConfigError) {
      print(error instanceof UsageError ? `${error.message}\n${USAGE}` : error.message);
      return 2;
    }
    print(error instanceof EmbeddedError ? error.message : describeError(error));
    return 1;
  }
}

async function backfill(
  request: BackfillRequest,
  config: Config,
  store: Store,
  { screen, stop, now }: BackfillEnvironment,
): Promise<number> {
  const print = (line: string) => screen.write(`${line}\n`);
  const { rest } = openExchange(config, {
    log: logger("exchange"),
    onDropped: () => {},
    signal: new AbortController().signal,
  });
  const productIds = request.productIds ?? await allProducts(rest, config);
  if (request.exact) {
    const parts = { store, source: rest, config, now, stop, print };
    return await rebuildExact(productIds, request.from, parts) ? 0 : 1;
  }
  const settled = now() - SETTLED_SECONDS;
  const end = epochSeconds(Math.min(request.to ?? settled, settled));
  const kept = keptCandles(store);
  const missing = await missingRanges(kept, request, productIds, end);
  const total = countPieces(missing.flat());
  print(`${productIds.length} products, ${total} requests at ${config.coinbaseRestRps} a second`);
  const progress = new ProgressLine(total, screen);
  const failures: string[] = [];
  let written = 0;
  const pieces = inTurn(missing.map(piecesOf));
  const fetchPieces = async () => {
    for (const piece of pieces) {
      if (stop.aborted) return;
      try {
        written += await storePiece(piece, rest, kept);
      } catch (error) {
        failures.push(`${piece.productId}: ${describeError(error)}`);
      }
      progress.step();
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, fetchPieces));
  progress.finish();
  print(
    `${written} candles written${stop.aborted ? "; stopped, the next run resumes from here" : ""}`,
  );
  for (const line of summed(failures)) print(`failed: ${line}`);
  if (!stop.aborted) {
    const stretch = { start: request.from, end: containingStart(end, "ONE_DAY") };
    const { granularities } = request;
    const found = await compareGranularities(
      productIds,
      granularities,
      stretch,
      store.backfills,
      stop,
    );
    print(`${found.compared} candles compared with the merge of the next smaller granularity`);
    for (const one of found.disagreements) print(`differs: ${describe(one)}`);
  }
  return failures.length > 0 || stop.aborted ? 1 : 0;
}

async function allProducts(rest: ExchangeRest, config: Config): Promise<readonly ProductId[]> {
  return chooseProducts(await rest.products(), config);
}

/** The ranges of each product and granularity that were not requested yet. */
async function missingRanges(
  kept: KeptCandles,
  { granularities, from }: BackfillRequest,
  productIds: readonly ProductId[],
  until: EpochSeconds,
): Promise<(readonly CandleRange[])[]> {
  const missing: (readonly CandleRange[])[] = [];
  for (const productId of productIds) {
    for (const granularity of granularities) {
      const start = containingStart(from, granularity);
      const end = containingStart(until, granularity);
      missing.push(await kept.missing({ productId, granularity, start, end }));
    }
  }
  return missing;
}

/** Each line once, with the number of equal ones. */
function summed(lines: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return [...counts].map(([line, count]) => count === 1 ? line : `${line} (${count} times)`);
}

function describe(
  { productId, larger, smaller, compared, different, examples }: Disagreement,
): string {
  const starts = examples.map((start) => new Date(start * 1000).toISOString()).join(", ");
  return `${productId} ${larger} from ${smaller}: ${different} of ${compared}, first ${starts}`;
}

if (import.meta.main) {
  const encoder = new TextEncoder();
  const code = await main(Deno.args, {
    env: Deno.env.toObject(),
    screen: {
      write: (text) => void Deno.stdout.writeSync(encoder.encode(text)),
      isTerminal: Deno.stdout.isTerminal(),
      now: () => performance.now(),
    },
    stop: stopSignal(),
    now: () => Math.floor(Date.now() / 1000),
  });
  Deno.exit(code);
}
