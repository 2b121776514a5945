import type { Candle, CandleKey } from "../candles/candle.ts";
import { candleKey } from "../candles/candle.ts";
import type { Granularity } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import type { Requester } from "../http/cost_budget.ts";
import { problemResponse } from "../http/problem.ts";
import {
  compresses,
  refusalResponse,
  streamHeadersOf,
  type StreamServices,
} from "./stream_answer.ts";
import { ChartBoard } from "../stream/chart_board.ts";
import { parseChartQuery } from "./chart_stream_query.ts";
import { chartStream } from "../stream/chart_stream.ts";
import { crossOriginHeaders } from "../http/cross_origin.ts";
import { SharedGzip } from "../stream/shared_gzip.ts";
import { patchElements } from "../stream/datastar.ts";
import { type Clock, systemClock } from "../time/clock.ts";

/** What charts are drawn with. */
export interface ChartParts {
  /**
   * The newest candles of a chart, ascending; may reject while the store is down. `signal` is aborted when no viewer is
   * left.
   */
  past(
    productId: ProductId,
    granularity: Granularity,
    requester: Requester,
  ): Promise<readonly Candle[]>;
  /** The chart's element as HTML. */
  render(
    productId: ProductId,
    granularity: Granularity,
    candles: readonly Candle[],
  ): string;
}

interface Watched {
  readonly board: ChartBoard;
  /** The first viewer, to whom reading is charged. */
  readonly requester: Requester;
  readonly unwatched: AbortController;
  viewers: number;
  /** Whether the past is being read, and whether it has to be read once more. */
  isReading: boolean;
  isStale: boolean;
  /** Ends a wait for the next attempt. */
  hurry(): void;
}

const RETRY_MS = 5000;

/** The charts that are viewed now; each is kept while it has viewers. */
export class ChartBoards {
  readonly #parts: ChartParts;
  readonly #clock: Clock;
  readonly #gzip = new SharedGzip();
  readonly #boards = new Map<CandleKey, Watched>();

  constructor(parts: ChartParts, clock: Clock = systemClock) {
    this.#parts = parts;
    this.#clock = clock;
  }

  /** Answers `GET /stream/chart`, and `HEAD` without opening a stream. `address` is the client's. */
  async answer(
    services: StreamServices,
    request: Request,
    url: URL,
    address: string,
  ): Promise<Response> {
    const { streams, catalogue, config } = services;
    const { headers, method } = request;
    const shared = crossOriginHeaders(headers.get("origin"), config.corsOrigins);
    const query = parseChartQuery(url, catalogue);
    if (query.kind === "problem") return problemResponse(query.problem, shared);
    const gzip = compresses(config, headers);
    const streamHeaders = streamHeadersOf(config, gzip, shared);
    if (method === "HEAD") return new Response(null, { headers: streamHeaders });
    const { productId, granularity } = query;
    const answer = await streams.connect({
      subscription: { products: [productId], granularities: [granularity], closedOnly: false },
      lastEventId: null,
      address,
    });
    if (answer.kind === "refused") return refusalResponse(answer, headers, shared);
    const board = this.#enter(productId, granularity, address);
    const events = {
      left: () => this.#leave(candleKey(productId, granularity)),
      reset: () => void this.#readPast(productId, granularity),
    };
    const body = chartStream(answer.body, board, events, gzip ? this.#gzip : null);
    return new Response(body, { headers: streamHeaders });
  }

  #enter(productId: ProductId, granularity: Granularity, address: string): ChartBoard {
    const key = candleKey(productId, granularity);
    const held = this.#boards.get(key);
    if (held !== undefined) {
      held.viewers++;
      return held.board;
    }
    const board = new ChartBoard((candles) =>
      patchElements(this.#parts.render(productId, granularity, candles))
    );
    const unwatched = new AbortController();
    this.#boards.set(key, {
      board,
      requester: { address, signal: unwatched.signal },
      unwatched,
      viewers: 1,
      isReading: false,
      isStale: false,
      hurry() {},
    });
    void this.#readPast(productId, granularity);
    return board;
  }

  /**
   * Retries to read the past until it succeeds or no viewer is left. Until then the chart shows
   * what the stream brings.
   */
  async #readPast(productId: ProductId, granularity: Granularity): Promise<void> {
    const key = candleKey(productId, granularity);
    const watched = this.#boards.get(key);
    if (watched === undefined) return;
    watched.isStale = true;
    if (watched.isReading) return;
    watched.isReading = true;
    while (watched.isStale && this.#boards.get(key) === watched) {
      watched.isStale = false;
      try {
        watched.board.load(await this.#parts.past(productId, granularity, watched.requester));
      } catch {
        if (watched.unwatched.signal.aborted) return;
        watched.isStale = true;
        watched.board.load([]);
        await new Promise<void>((resolve) => {
          const cancel = this.#clock.after(RETRY_MS, resolve);
          watched.hurry = () => resolve(cancel());
        });
      }
    }
    watched.isReading = false;
  }

  #leave(key: CandleKey): void {
    const held = this.#boards.get(key);
    if (held === undefined || --held.viewers > 0) return;
    this.#boards.delete(key);
    held.unwatched.abort();
    held.hurry();
  }
}
