import { join } from "node:path";
import process from "node:process";
import { type Embedded, startEmbedded } from "../../lib/embedded/mod.ts";
import type { ControlCommand } from "../../lib/exchange_simulator/mod.ts";
import { BIN_DIR } from "../../lib/app/servers.ts";
import { buildIfStale } from "../../tasks/build_if_stale.ts";
import { AppProcess, type AppStart, freePort } from "../../tests/harness/app_process.ts";
import type { Comparison } from "../../tests/harness/truth_comparison.ts";
import type { LoadExchangeUrls } from "./exchange_desk.ts";
import { cpuSeconds, descendants } from "../process_usage.ts";

/** Processor seconds so far, by whose they are. */
export interface StandCpu {
  readonly atMs: number;
  readonly app: number;
  readonly exchange: number;
  /** PostgreSQL and NATS. */
  readonly servers: number;
  readonly readers: number;
}

/** The size of the simulated exchange. */
export interface LoadExchangeSize {
  readonly products: number;
  /** In exchange time, which runs `speed` times as fast as ours. */
  readonly tradesPerSecond: number;
  readonly speed: number;
}

/** The app's core; everything else is on the other one. */
const APP_CORE = 0;

/**
 * The environment of a load test: servers and the simulated exchange, each a separate process, and
 * the app. Its owner closes it.
 */
export class LoadStand {
  app: AppProcess | null = null;
  readonly port = freePort();

  private constructor(
    private readonly directory: string,
    private readonly servers: Embedded,
    private readonly exchange: Deno.ChildProcess,
    readonly urls: LoadExchangeUrls,
  ) {}

  /** `exchangeScript` is beside this file by default; it prints the URLs as JSON, and knows at least these flags. */
  static async open(
    { products, tradesPerSecond, speed }: LoadExchangeSize,
    exchangeScript = join(import.meta.dirname ?? ".", "exchange.ts"),
  ): Promise<LoadStand> {
    await buildIfStale((line) => console.error(line));
    const directory = await Deno.makeTempDir({ prefix: "spot-canvas-load-" });
    const servers = await startEmbedded({
      dataDir: directory,
      binDir: BIN_DIR,
      needPostgres: true,
      needNats: true,
      progress: (line) => console.error(line),
    });
    const exchange = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-check",
        exchangeScript,
        `--products=${products}`,
        `--rate=${tradesPerSecond}`,
        `--speed=${speed}`,
      ],
      stdout: "piped",
    }).spawn();
    const reader = exchange.stdout.getReader();
    const { value } = await reader.read();
    reader.releaseLock();
    const urls: LoadExchangeUrls = JSON.parse(new TextDecoder().decode(value));
    return new LoadStand(directory, servers, exchange, urls);
  }

  /** Starts the app, by default on its own core, and waits until it is ready. */
  async startApp(
    env: Readonly<Record<string, string>>,
    start: AppStart,
  ): Promise<AppProcess> {
    const app = this.app = AppProcess.start(this.port, {
      DATABASE_URL: this.databaseUrl,
      NATS_URL: this.natsUrl,
      EMBEDDED: "never",
      COINBASE_WS_URL: this.urls.wsUrl,
      COINBASE_REST_URL: this.urls.restUrl,
      COINBASE_REST_RPS: "100",
      BACKFILL_DAYS: "0",
      EXACT_DAYS: "0",
      SIMULATED: "true",
      ...env,
    }, { core: APP_CORE, ...start });
    await app.whenReady();
    return app;
  }

  get natsUrl(): string {
    return this.servers.natsUrl ?? "";
  }

  get databaseUrl(): string {
    return this.servers.databaseUrl ?? "";
  }

  async control(command: ControlCommand): Promise<void> {
    const body = JSON.stringify(command);
    const response = await fetch(this.urls.controlUrl, { method: "POST", body });
    await response.body?.cancel();
  }

  /** Trades that the exchange has made so far. */
  async tradesMade(): Promise<number> {
    return (await (await fetch(`${this.urls.controlUrl}/stats`)).json()).tradesMade;
  }

  async record(on: boolean): Promise<void> {
    const response = await fetch(`${this.urls.deskUrl}/record?on=${on}`, { method: "POST" });
    await response.body?.cancel();
  }

  /** When the trades of frames were sent while that was recorded. */
  async sent(): Promise<ReadonlyMap<string, number>> {
    return new Map(Object.entries(await (await fetch(`${this.urls.deskUrl}/sent`)).json()));
  }

  async compare(through: number): Promise<Comparison> {
    const query = new URLSearchParams({ database: this.databaseUrl, through: `${through}` });
    return await (await fetch(`${this.urls.deskUrl}/compare?${query}`)).json();
  }

  async cpu(): Promise<StandCpu> {
    const own = [this.exchange.pid, this.app?.pid ?? 0];
    const servers = await descendants(process.pid, own);
    const all = await Promise.all(servers.map(cpuSeconds));
    const { user, system } = process.cpuUsage();
    return {
      atMs: performance.now(),
      app: await cpuSeconds(this.app?.pid ?? 0),
      exchange: await cpuSeconds(this.exchange.pid),
      servers: all.reduce((sum, seconds) => sum + seconds, 0),
      readers: (user + system) / 1e6,
    };
  }

  async close(): Promise<void> {
    await this.app?.kill();
    this.exchange.kill("SIGKILL");
    await this.exchange.stdout.cancel();
    await this.exchange.status;
    await this.servers.close();
    await Deno.remove(this.directory, { recursive: true });
  }
}
