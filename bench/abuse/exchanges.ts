const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();
const STATUS = /^HTTP\/1\.1 (\d{3}) /;
/** The status of an exchange that had none. */
const CUT = 0;

/** The outcomes of requests: how many were answered as wanted, refused (4xx, 503), failed (500) or not answered. */
export class Tally {
  answered = 0;
  refused = 0;
  failed = 0;
  unanswered = 0;

  count(status: number): void {
    if (status >= 200 && status < 400) this.answered++;
    else if (status >= 400 && status < 500 || status === 503) this.refused++;
    else if (status >= 500) this.failed++;
    else this.unanswered++;
  }
}

/** Where requests go. */
export interface Target {
  readonly port: number;
  /** Ends everything: the attack's time is over, or the target is. */
  readonly signal: AbortSignal;
  readonly tally: Tally;
  /** The oldest closed candle that a stream can be resumed after. */
  readonly oldestEvent: string;
}

/** A request's bytes. `from` is the address that a trusted proxy would name. */
export function requestOf(
  path: string,
  { method = "GET", from = "203.0.113.1", headers = "", body = "", close = false } = {},
): string {
  return `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nx-forwarded-for: ${from}\r\n` +
    `${close ? "connection: close\r\n" : ""}${headers}\r\n${body}`;
}

/** Sends one request over a new connection and reads the whole answer; resolves with its status. */
export async function exchange(target: Target, request: string): Promise<number> {
  let status = CUT;
  try {
    using connection = await connect(target);
    // A server that refuses answers before it has read everything, and closes.
    void writeAll(connection, request).catch(() => {});
    const buffer = new Uint8Array(65_536);
    for (let size = await connection.read(buffer); size !== null;) {
      if (status === CUT) {
        status = Number(STATUS.exec(DECODER.decode(buffer.subarray(0, 16)))?.[1] ?? CUT);
      }
      size = await connection.read(buffer);
    }
  } catch {
    // Cut off, or never let in: what was read of the status counts.
  }
  return status;
}

/** Options of a flood. */
export interface Flood {
  readonly count: number;
  readonly concurrent: number;
  /** The highest rate; without it, as fast as they are answered. */
  readonly perSecond?: number;
  request(index: number): string;
}

/** Sends `count` requests, some at a time, and counts their answers. */
export async function flood(target: Target, flood: Flood): Promise<void> {
  const { count, concurrent, perSecond = Infinity, request } = flood;
  const beganMs = performance.now();
  let next = 0;
  const worker = async () => {
    while (next < count && !target.signal.aborted) {
      const index = next++;
      const waitMs = beganMs + index / perSecond * 1000 - performance.now();
      if (waitMs > 0) await pauseUnless(waitMs, target.signal);
      if (target.signal.aborted) return;
      target.tally.count(await exchange(target, request(index)));
    }
  };
  await Promise.all(Array.from({ length: concurrent }, worker));
}

/** Options of held connections. */
export interface Hold {
  readonly connections: number;
  readonly forMs: number;
  /** Written to each connection in one go. */
  text(index: number): string;
  /** Written every second to each from then on. */
  readonly drip?: string;
}

/** Opens connections, writes to them and reads nothing for a while; then counts the first answer of each. */
export async function hold(target: Target, { connections, forMs, text, drip }: Hold) {
  const open = await Promise.all(Array.from({ length: connections }, async (_, index) => {
    try {
      const connection = await connect(target);
      void writeAll(connection, text(index)).catch(() => {});
      return connection;
    } catch {
      return null;
    }
  }));
  const held = open.filter((connection) => connection !== null);
  const dripping = setInterval(() => {
    if (drip === undefined) return;
    for (const connection of held) void writeAll(connection, drip).catch(() => {});
  }, 1000);
  await pauseUnless(forMs, target.signal);
  clearInterval(dripping);
  for (let missing = held.length; missing < connections; missing++) target.tally.count(CUT);
  await Promise.all(held.map(async (connection) => {
    target.tally.count(await firstStatus(connection));
    close(connection);
  }));
}

async function firstStatus(connection: Deno.TcpConn): Promise<number> {
  const timer = setTimeout(() => close(connection), 1000);
  const buffer = new Uint8Array(16);
  const size = await connection.read(buffer).catch(() => null);
  clearTimeout(timer);
  return Number(STATUS.exec(DECODER.decode(buffer.subarray(0, size ?? 0)))?.[1] ?? CUT);
}

async function connect({ port, signal }: Target): Promise<Deno.TcpConn> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port, signal });
  signal.addEventListener("abort", () => close(connection), { once: true });
  return connection;
}

async function writeAll(connection: Deno.TcpConn, text: string): Promise<void> {
  for (let rest = ENCODER.encode(text); rest.length > 0;) {
    rest = rest.subarray(await connection.write(rest));
  }
}

function close(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch {
    // It is closed already.
  }
}

/** Lets time pass, less of it if the signal ends it. */
export function pauseUnless(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => resolve(clearTimeout(timer)), { once: true });
  });
}
