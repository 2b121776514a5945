/** One parsed block of a stream. */
export interface StreamEvent {
  readonly type: string;
  readonly data: string;
}

/** Reads server-sent events from pieces of text: an id counts in a block without data, too. */
export class EventReader {
  /** The last id that came. */
  lastId: string | null = null;
  /** How long the server wants clients to wait before they reconnect, in milliseconds. */
  retryMs: number | null = null;
  #rest = "";

  /** Takes the next piece; returns the events that it completes. */
  read(text: string): StreamEvent[] {
    const blocks = (this.#rest + text).split("\n\n");
    this.#rest = blocks.pop() ?? "";
    return blocks.flatMap((block) => this.#event(block) ?? []);
  }

  #event(block: string): StreamEvent | null {
    let type = "message";
    let data: string | null = null;
    for (const line of block.split("\n")) {
      const [, name = "", value = ""] = /^(\w+): ?(.*)$/.exec(line) ?? [];
      if (name === "data") data = data === null ? value : `${data}\n${value}`;
      else if (name === "event") type = value;
      else if (name === "id") this.lastId = value;
      else if (name === "retry") this.retryMs = Number(value);
    }
    return data === null ? null : { type, data };
  }
}
