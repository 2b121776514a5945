/** Delivery times in microseconds, sorted when read. */
export class Latencies {
  #values: number[] = [];

  add(us: number): void {
    this.#values.push(us);
  }

  quantile(share: number): number {
    const sorted = this.#values.sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
  }
}

const MARK = new TextEncoder().encode('"sent":');
/** Digits of a time of day in microseconds, padded. */
export const TIME_DIGITS = 16;

/** Now, in the microseconds that messages carry. */
export function nowUs(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}

/** Many SSE clients on plain sockets, which count their events. Their owner closes them. */
export class SseLoad {
  /** Events received by all clients together. */
  events = 0;
  /** Where delivery times are recorded; null while they are not wanted. */
  latencies: Latencies | null = null;
  readonly #connections: Deno.TcpConn[] = [];
  readonly #stalled: Deno.TcpConn[] = [];
  #wanted = 0;
  #reached: () => void = () => {};

  get size(): number {
    return this.#connections.length;
  }

  /** Opens `count` clients, `concurrent` at a time; resolves when all have had the answer's head. */
  async open(port: number, path: string, count: number, concurrent = 64): Promise<void> {
    let left = count;
    const openSome = async () => {
      while (left-- > 0) await this.#openOne(port, path);
    };
    await Promise.all(Array.from({ length: concurrent }, openSome));
  }

  /** Resolves when all clients together have received `events` events. */
  received(events: number): Promise<void> {
    if (this.events >= events) return Promise.resolve();
    this.#wanted = events;
    return new Promise((resolve) => {
      this.#reached = resolve;
    });
  }

  /** Opens clients that take the answer's head and nothing more; they count for nothing. */
  async openStalled(port: number, path: string, count: number): Promise<void> {
    for (let left = count; left > 0; left--) this.#stalled.push(await connect(port, path));
  }

  close(): void {
    for (const connection of this.#stalled.splice(0)) connection.close();
    for (const connection of this.#connections.splice(0)) connection.close();
  }

  async #openOne(port: number, path: string): Promise<void> {
    const connection = await connect(port, path);
    this.#connections.push(connection);
    void this.#read(connection);
  }

  async #read(connection: Deno.TcpConn): Promise<void> {
    const buffer = new Uint8Array(16_384);
    let kept = 0;
    for (;;) {
      const size = await connection.read(buffer.subarray(kept)).catch(() => null);
      if (size === null) return;
      const end = kept + size;
      const from = this.#count(buffer, end);
      // What may be the beginning of an event's mark and time stays for the next read.
      buffer.copyWithin(0, from, end);
      kept = end - from;
      if (this.events < this.#wanted) continue;
      this.#wanted = Infinity;
      this.#reached();
    }
  }

  /** Counts the events in what was read; answers with where the unread rest begins. */
  #count(buffer: Uint8Array, end: number): number {
    const arrived = this.latencies === null ? 0 : nowUs();
    let at = 0;
    for (;;) {
      const found = find(buffer, MARK, at, end);
      if (found < 0) return Math.max(at, end - MARK.length + 1);
      const after = found + MARK.length + TIME_DIGITS;
      if (after > end) return found;
      this.events++;
      this.latencies?.add(arrived - digits(buffer, found + MARK.length));
      at = after;
    }
  }
}

async function connect(port: number, path: string): Promise<Deno.TcpConn> {
  const connection = await Deno.connect({ port, hostname: "127.0.0.1" });
  const request = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n`;
  await connection.write(new TextEncoder().encode(request));
  const head = new Uint8Array(4096);
  const size = await connection.read(head);
  const status = new TextDecoder().decode(head.subarray(0, size ?? 0)).slice(0, 12);
  if (status !== "HTTP/1.1 200") throw new Error(`the server answered ${status}`);
  return connection;
}

function find(buffer: Uint8Array, mark: Uint8Array, from: number, end: number): number {
  const [first = 0] = mark;
  for (let at = buffer.indexOf(first, from); at >= 0; at = buffer.indexOf(first, at + 1)) {
    if (at + mark.length > end) return -1;
    if (mark.every((byte, place) => buffer[at + place] === byte)) return at;
  }
  return -1;
}

function digits(buffer: Uint8Array, at: number): number {
  let value = 0;
  for (let place = 0; place < TIME_DIGITS; place++) {
    value = value * 10 + (buffer[at + place] ?? 48) - 48;
  }
  return value;
}
