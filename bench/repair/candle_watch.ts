import { GRANULARITIES, type Granularity } from "../../lib/candles/granularity.ts";
import { pause } from "../../tests/harness/wait.ts";

/** The part of a candle that shows whether any of its trades is missing. */
export interface WatchedCandle {
  readonly trades: number | null;
  readonly firstTradeId: number | null;
  readonly lastTradeId: number | null;
}

/** Follows an app's stream of all candles, revisions of closed ones too; connects again until it is closed. */
export class CandleWatch {
  readonly #newest = new Map<string, WatchedCandle>();
  readonly #ending = new AbortController();

  constructor(appUrl: string) {
    void this.#follow(`${appUrl}/stream?products=*&granularities=${GRANULARITIES.join(",")}`);
  }

  /** The newest state of one candle; null if none was seen. `start` in epoch seconds. */
  of(productId: string, granularity: Granularity, start: number): WatchedCandle | null {
    return this.#newest.get(`${productId} ${granularity} ${start}`) ?? null;
  }

  close(): void {
    this.#ending.abort();
  }

  async #follow(url: string): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      try {
        const { body, ok } = await fetch(url, { signal });
        if (ok && body !== null) await this.#read(body.pipeThrough(new TextDecoderStream()));
        else await body?.cancel();
      } catch {
        // Not up yet, or killed by the bench.
      }
      await pause(200);
    }
  }

  async #read(texts: ReadableStream<string>): Promise<void> {
    let rest = "";
    for await (const text of texts) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line.startsWith(`data: {"product_id"`)) this.#take(line);
    }
  }

  #take(line: string): void {
    const data = JSON.parse(line.slice("data: ".length));
    this.#newest.set(`${data.product_id} ${data.granularity} ${data.timestamp}`, {
      trades: data.trades,
      firstTradeId: data.first_trade_id,
      lastTradeId: data.last_trade_id,
    });
  }
}
