import { nowUs } from "./sse_load.ts";

/** Of a live candle: when it closes, its newest trade came long before. */
const LIVE = /"product_id":"([^"]+)"[^\n]*"is_complete":false[^\n]*"last_trade_id":(\d+)/g;
const TAIL_BYTES = 64;
const NO_WAIT = 50;

/** An event that came: the candle's newest trade, and when. */
export interface Arrival {
  /** `{product} {tradeId}` */
  readonly trade: string;
  readonly atUs: number;
}

/**
 * Many clients of `/stream` on plain sockets. Each follows one product's minutes, as the page of a
 * chart does. The opener closes them, if the server does not end them.
 */
export class ChartStreams {
  /** Where arrivals are recorded; null while they are not wanted. */
  arrivals: Arrival[] | null = null;
  bytes = 0;
  /** Streams that have ended, and those of them that got a retry time. */
  ended = 0;
  retryTimes = 0;
  readonly #connections: Deno.TcpConn[] = [];
  readonly #readings: Promise<void>[] = [];

  get size(): number {
    return this.#connections.length;
  }

  /** Opens `count` streams, of each product in turn. */
  async open(port: number, products: readonly string[], count: number): Promise<void> {
    for (let at = 0; at < count; at += NO_WAIT) {
      const some = Array.from({ length: Math.min(NO_WAIT, count - at) }, (_, nth) => at + nth);
      await Promise.all(some.map((nth) => this.#open(port, products[nth % products.length] ?? "")));
    }
  }

  /** Resolves when the server has ended them all. */
  async allEnded(): Promise<void> {
    await Promise.all(this.#readings);
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }

  async #open(port: number, product: string): Promise<void> {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    const path = `/stream?products=${product}&granularities=ONE_MINUTE`;
    await connection.write(
      new TextEncoder().encode(`GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`),
    );
    const head = new Uint8Array(4096);
    const answer = new TextDecoder().decode(head.subarray(0, await connection.read(head) ?? 0));
    if (!answer.startsWith("HTTP/1.1 200")) throw new Error(`a stream was refused: ${answer}`);
    this.#connections.push(connection);
    this.#readings.push(this.#read(connection));
  }

  async #read(connection: Deno.TcpConn): Promise<void> {
    const buffer = new Uint8Array(4096);
    const decoder = new TextDecoder();
    let tail = "";
    let newest = "";
    for (;;) {
      const size = await connection.read(buffer).catch(() => null);
      if (size === null) break;
      this.bytes += size;
      if (this.arrivals !== null) {
        newest = this.#note(decoder.decode(buffer.subarray(0, size)), newest);
      }
      tail = decoder.decode(buffer.subarray(Math.max(0, size - TAIL_BYTES), size));
    }
    this.ended++;
    if (/retry: \d+\n/.test(tail)) this.retryTimes++;
  }

  /**
   * Notes the events of a read whose newest trade is another than the one before: a candle whose past is repaired comes
   * again, much later, with the same. An event that two reads share is left out. Gives the newest trade.
   */
  #note(text: string, before: string): string {
    const atUs = nowUs();
    let newest = before;
    for (const [, product, tradeId = ""] of text.matchAll(LIVE)) {
      if (tradeId === newest) continue;
      newest = tradeId;
      this.arrivals?.push({ trade: `${product} ${tradeId}`, atUs });
    }
    return newest;
  }
}
