import type { Candle, CandleKey } from "../candles/candle.ts";
import { candleKey } from "../candles/candle.ts";
import type { Granularity } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import { problemResponse } from "../http/problem.ts";
import { refusalResponse, STREAM_HEADERS, type StreamServices } from "./stream_answer.ts";
import { ChartBoard } from "../stream/chart_board.ts";
import { parseChartQuery } from "./chart_stream_query.ts";
import { chartStream } from "../stream/chart_stream.ts";
import { clientAddress } from "../http/client_address.ts";
import { crossOriginHeaders } from "../http/cross_origin.ts";
import { patchElements } from "../stream/datastar.ts";

/** What drawing charts takes. */
export interface ChartParts {
  /** The newest candles of a chart, ascending; may reject while the store is down. */
  past(productId: ProductId, granularity: Granularity): Promise<readonly Candle[]>;
  /** The chart's element as HTML. */
  render(
    productId: ProductId,
    granularity: Granularity,
    candles: readonly Candle[],
  ): string;
}

/** The charts that somebody looks at now; each is kept while it has viewers. */
export class ChartBoards {
  readonly #parts: ChartParts;
  readonly #boards = new Map<CandleKey, { readonly board: ChartBoard; viewers: number }>();

  constructor(parts: ChartParts) {
    this.#parts = parts;
  }

  /** Answers `GET /stream/chart`, and `HEAD` without opening a stream. `peer` is the connection's own address. */
  answer(services: StreamServices, request: Request, url: URL, peer: string): Response {
    const { hub, catalogue, config } = services;
    const { headers, method } = request;
    const shared = crossOriginHeaders(headers.get("origin"), config.corsOrigins);
    const query = parseChartQuery(url, catalogue);
    if (query.kind === "problem") return problemResponse(query.problem, shared);
    const streamHeaders = { ...STREAM_HEADERS, ...shared };
    if (method === "HEAD") return new Response(null, { headers: streamHeaders });
    const { productId, granularity } = query;
    const answer = hub.connect({
      subscription: { products: [productId], granularities: [granularity], closedOnly: false },
      lastEventId: null,
      address: clientAddress(peer, headers.get("x-forwarded-for"), config.trustProxy),
    });
    if (answer.kind === "refused") return refusalResponse(answer, shared);
    const board = this.#enter(productId, granularity);
    const left = () => this.#leave(candleKey(productId, granularity));
    return new Response(chartStream(answer.body, board, left), { headers: streamHeaders });
  }

  #enter(productId: ProductId, granularity: Granularity): ChartBoard {
    const key = candleKey(productId, granularity);
    const held = this.#boards.get(key);
    if (held !== undefined) {
      held.viewers++;
      return held.board;
    }
    const board = new ChartBoard((candles) =>
      patchElements(this.#parts.render(productId, granularity, candles))
    );
    this.#boards.set(key, { board, viewers: 1 });
    // Without a past the chart begins with the running candle; the next first viewer asks again.
    this.#parts.past(productId, granularity).then(
      (candles) => board.load(candles),
      () => board.load([]),
    );
    return board;
  }

  #leave(key: CandleKey): void {
    const held = this.#boards.get(key);
    if (held !== undefined && --held.viewers === 0) this.#boards.delete(key);
  }
}
