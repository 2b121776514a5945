/**
 * `deno run -A tests/long/stop.ts [streams]`: ends a process that serves 1,000 streams with SIGTERM, and prints how
 * long it took and what the clients were sent. Fails if it took more than five seconds, or if a client was not sent
 * when to reconnect or saw an orderly end.
 */
import { join } from "node:path";
import { startEmbedded } from "../../lib/embedded/mod.ts";
import { startExchangeSimulator } from "../../lib/exchange_simulator/mod.ts";
import { AppProcess, freePort } from "../harness/app_process.ts";
import { until } from "../harness/wait.ts";

const ROOT = join(import.meta.dirname ?? ".", "..", "..");
const MOST_MS = 5000;
const OPENED_AT_ONCE = 50;
const KEPT_CHARACTERS = 200;

/** A client that only reads, straight over TCP: a thousand of them cost little. */
class RawStream {
  /** The newest of what came. */
  tail = "";
  readonly ended: Promise<void>;
  readonly #connection: Deno.TcpConn;

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
    this.ended = this.#read();
  }

  static async open(port: number, path: string): Promise<RawStream> {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    const request = `GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`;
    await connection.write(new TextEncoder().encode(request));
    return new RawStream(connection);
  }

  /** The retry time that it was last sent, in milliseconds; null if it never was. */
  get retryMs(): number | null {
    const retryMs = [...this.tail.matchAll(/retry: (\d+)\n/g)].at(-1)?.[1];
    return retryMs === undefined ? null : Number(retryMs);
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    const buffer = new Uint8Array(16_384);
    try {
      for (;;) {
        const length = await this.#connection.read(buffer);
        if (length === null) break;
        const text = decoder.decode(buffer.subarray(0, length), { stream: true });
        this.tail = (this.tail + text).slice(-KEPT_CHARACTERS);
      }
    } catch {
      // A reset is an end too; what was sent before it counts.
    }
    this.#connection.close();
  }
}

async function openStreams(port: number, count: number): Promise<RawStream[]> {
  const streams: RawStream[] = [];
  while (streams.length < count) {
    const some = Math.min(OPENED_AT_ONCE, count - streams.length);
    const path = "/stream?products=*&granularities=ONE_MINUTE";
    const opened = Array.from({ length: some }, () => RawStream.open(port, path));
    streams.push(...await Promise.all(opened));
  }
  return streams;
}

async function whenServed(app: AppProcess, count: number): Promise<void> {
  const served = async () => await app.metric("stream_clients") >= count;
  await until(`${count} streams to be served`, served, { timeoutMs: 120_000, everyMs: 200 });
}

async function main(count: number): Promise<boolean> {
  const dataDir = await Deno.makeTempDir({ prefix: "spot-canvas-stop-" });
  const embedded = await startEmbedded({
    dataDir,
    binDir: join(ROOT, ".data", "bin"),
    needPostgres: true,
    needNats: true,
    progress: () => {},
  });
  const exchange = await startExchangeSimulator({ products: 20, tradesPerSecond: 40 });
  const port = freePort();
  const app = AppProcess.start(port, {
    DATABASE_URL: embedded.databaseUrl ?? "",
    NATS_URL: embedded.natsUrl ?? "",
    EMBEDDED: "never",
    COINBASE_WS_URL: exchange.wsUrl,
    COINBASE_REST_URL: exchange.restUrl,
    MAX_STREAMS_PER_IP: String(count),
    MAX_REQUESTS_PER_IP: "0",
  });
  try {
    await app.whenReady();
    const streams = await openStreams(port, count);
    await whenServed(app, count);
    const { code, signal, tookMs } = await app.terminate();
    await Promise.all(streams.map(({ ended }) => ended));
    const retryTimes = streams.map(({ retryMs }) => retryMs).filter((retryMs) => retryMs !== null);
    const last = retryTimes.sort((a, b) => a - b);
    console.log(`${count} streams: ended after ${tookMs.toFixed(0)} ms, code ${code}`);
    console.log(`${retryTimes.length} got a retry time of ${last[0]} to ${last.at(-1)} ms`);
    const orderly = streams.filter(({ tail }) => tail.endsWith("\r\n0\r\n\r\n")).length;
    console.log(`${orderly} saw an orderly end`);
    const inTime = signal === null && code === 0 && tookMs <= MOST_MS;
    return inTime && retryTimes.length === count && orderly === 0;
  } finally {
    await app.kill();
    await exchange.close();
    await embedded.close();
    await Deno.remove(dataDir, { recursive: true });
  }
}

Deno.exit(await main(Number(Deno.args[0] ?? 1000)) ? 0 : 1);
