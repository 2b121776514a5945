import { within } from "./harness/wait.ts";

/** One dispatched event of an SSE stream. */
export interface SseEvent {
  readonly event: string;
  readonly data: string;
  /** The id line of this very frame; null where it has none. */
  readonly id: string | null;
}

/** Reads a stream's body by the rules of the SSE standard, an id without data included. */
export class SseReader {
  readonly events: SseEvent[] = [];
  /** The `Last-Event-ID` that a client would send now. */
  lastEventId = "";
  retryMs: number | null = null;
  comments = 0;
  ended = false;
  chunks = 0;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #text = "";
  #pending: Promise<boolean> | null = null;

  constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = body.getReader();
  }

  /** Takes chunks until `enough`, or until the end. Rejects if the stream is cut or silent for too long. */
  async readUntil(enough: (reader: SseReader) => boolean): Promise<void> {
    const what = `a stream until ${enough}, after ${this.lastEventId || "nothing"}`;
    while (!enough(this) && await within(what, this.#next()));
  }

  /** Takes one chunk if there is one, without waiting for it. */
  async readSome(): Promise<boolean> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const idle = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), 1);
    });
    const more = await Promise.race([this.#next(), idle]);
    clearTimeout(timer);
    return more;
  }

  /** Takes all that has come, without waiting for more. */
  async drain(): Promise<void> {
    while (await this.readSome());
  }

  /** Leaves, as a browser does that closes its page. */
  async leave(): Promise<void> {
    await this.#reader.cancel();
  }

  /** The data of all `candle` events, parsed. */
  candles(): CandleData[] {
    return this.events.filter(({ event }) => event === "candle").map(({ data }) =>
      JSON.parse(data)
    );
  }

  async #readOne(): Promise<boolean> {
    const { done, value } = await this.#reader.read();
    if (done) {
      this.ended = true;
      return false;
    }
    this.chunks++;
    this.#text += this.#decoder.decode(value, { stream: true });
    const blocks = this.#text.split("\n\n");
    this.#text = blocks.pop() ?? "";
    for (const block of blocks) this.#take(block);
    return true;
  }

  #next(): Promise<boolean> {
    return this.#pending ??= this.#readOne().finally(() => {
      this.#pending = null;
    });
  }

  #take(block: string): void {
    let event = "message";
    let id: string | null = null;
    const data: string[] = [];
    for (const line of block.split("\n")) {
      const [, field = "", value = ""] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
      if (line.startsWith(":")) this.comments++;
      else if (field === "event") event = value;
      else if (field === "data") data.push(value);
      else if (field === "id") id = value;
      else if (field === "retry") this.retryMs = Number(value);
    }
    if (id !== null) this.lastEventId = id;
    if (data.length > 0) this.events.push({ event, data: data.join("\n"), id });
  }
}

/** A candle's data, as JavaScript reads it. */
export interface CandleData {
  readonly product_id: string;
  readonly granularity: string;
  readonly timestamp: number;
  readonly close: number;
  readonly is_complete: boolean;
  readonly exact: boolean;
  readonly revision: number;
}
