import { strict as assert } from "node:assert";
import postgres from "postgres";
import type { Bus } from "../../lib/bus/bus.ts";
import {
  type ControlCommand,
  type ExchangeSimulator,
  type SimulatorOptions,
  startExchangeSimulator,
} from "../../lib/exchange_simulator/mod.ts";
import { buildIfStale } from "../../tasks/build_if_stale.ts";
import { newDirectory, type RestartableServer, withServers } from "../servers.ts";
import { AppProcess, freePort } from "./app_process.ts";
import { compareCurrent, compareStream, openTestBus } from "./bus_comparison.ts";
import { ExchangeTime } from "./exchange_time.ts";
import { expectedCandles } from "./expected_candles.ts";
import type { SmallDisk } from "./small_disk.ts";
import { compareWithTruth, type Comparison, type Excuse, isPerfect } from "./truth_comparison.ts";
import { pause, until } from "./wait.ts";

/** What a scenario plays with; the exchange's durations are in its own time. */
export interface ScenarioOptions {
  readonly exchange?: SimulatorOptions;
  /** Further environment of the app. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether it has its own PostgreSQL, to break. */
  readonly breaksPostgres?: boolean;
  /** Whose disk is a small one, to be filled; a PostgreSQL is then the scenario's own. */
  readonly smallDisk?: "nats" | "postgres";
  /** When the exchange's day begins for this scenario, epoch milliseconds. */
  readonly startAtMs?: number;
  /** How many NATS servers, as a cluster. */
  readonly natsNodes?: number;
}

/**
 * Where an app runs, restarts included: its port and its environment, with its own data directory.
 */
export interface AppPlace {
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
}

/** How to wait for the end of a recovery. */
export interface RecoveryOptions {
  /** Real time within which all must be right. */
  readonly timeoutMs?: number;
  /** Exchange milliseconds per real one during it. */
  readonly speed?: number;
  readonly excuse?: Excuse;
}

/** Fast enough for minutes to close during a recovery, slow enough for its real pauses. */
const RECOVERY_SPEED = 8;
/** Longer than it takes the exchange to have made every trade up to a moment that has passed. */
const TRADES_MADE_MS = 1000;
/**
 * After the exchange has stopped: live candles and the bucket's puts are delayed by at most this.
 */
const CURRENT_SETTLES_MS = 4000;
const MINUTE_MS = 60_000;
/** Room for an empty PostgreSQL and an hour of a scenario's candles. */
const SMALL_DISK_MEGABYTES = 256;
/** Yesterday, ten minutes before an hour's end: much closes soon, and no midnight is near. */
const START_AT_MS = yesterdayAt(16, 50);

/** A whole Spot Canvas, its servers and its exchange, for one test to use and break. */
export class Scenario {
  readonly time: ExchangeTime;
  readonly sql: postgres.Sql;
  app: AppProcess;
  readonly #env: Readonly<Record<string, string>>;
  readonly #first: AppPlace;
  readonly #startedMs = performance.now();
  readonly #apps: AppProcess[] = [];

  constructor(
    readonly exchange: ExchangeSimulator,
    time: ExchangeTime,
    readonly nats: RestartableServer,
    /** Null unless the scenario breaks it. */
    readonly database: RestartableServer | null,
    readonly databaseUrl: string,
    env: Readonly<Record<string, string>>,
    /** The first app's own. */
    dataDir: string,
    /** Null unless the scenario fills it. */
    readonly disk: SmallDisk | null,
  ) {
    this.time = time;
    this.sql = postgres(databaseUrl, { max: 2, onnotice: () => {} });
    this.#env = {
      DATABASE_URL: databaseUrl,
      NATS_URL: nats.url,
      EMBEDDED: "never",
      COINBASE_WS_URL: exchange.wsUrl,
      COINBASE_REST_URL: exchange.restUrl,
      COINBASE_REST_RPS: "50",
      BACKFILL_DAYS: "0",
      EXACT_DAYS: "0",
      SIMULATED: "true",
      ...env,
    };
    this.#first = { port: freePort(), env: { DATA_DIR: dataDir } };
    this.app = this.startApp();
  }

  /** Starts the app (again), in the same place; its predecessor must have ended. */
  startApp(): AppProcess {
    return this.app = this.startAt(this.#first);
  }

  /** A place for another app beside the first one, with further variables. */
  async place(env: Readonly<Record<string, string>> = {}): Promise<AppPlace> {
    return { port: freePort(), env: { DATA_DIR: await newDirectory(), ...env } };
  }

  /** Starts an app (again) in its place. */
  startAt({ port, env }: AppPlace): AppProcess {
    const app = AppProcess.start(port, { ...this.#env, ...env });
    this.#apps.push(app);
    return app;
  }

  /** Sends the exchange a command. */
  control(command: ControlCommand): void {
    this.exchange.control(command);
  }

  /** Lets exchange time pass at a speed, which stays. */
  async passes(exchangeMs: number, speed: number): Promise<void> {
    this.time.speed = speed;
    await pause(exchangeMs / speed);
  }

  /** Lets minutes of exchange time pass. */
  minutes(count: number, speed = 30): Promise<void> {
    return this.passes(count * MINUTE_MS, speed);
  }

  /**
   * Ends all faults and waits until every candle closed by now is right; fails, with the reason,
   * if that does not happen.
   */
  async recovers(options: RecoveryOptions = {}): Promise<Comparison> {
    const { timeoutMs = 60_000, speed = RECOVERY_SPEED, excuse } = options;
    this.#endFaults();
    this.time.speed = speed;
    const through = Math.floor(this.exchange.now() / MINUTE_MS) * 60;
    // The exchange makes its trades a batch at a time: the last ones of that minute may still be to come.
    await pause(TRADES_MADE_MS);
    const expected = expectedCandles(this.exchange, through);
    // The exchange answers no request while it is computing that: 20 s for 150,000 trades on a busy machine.
    const startedMs = performance.now();
    for (;;) {
      const comparison = await compareWithTruth(this.sql, expected, through, excuse);
      const tookMs = performance.now() - startedMs;
      if (!isPerfect(comparison) && tookMs < timeoutMs) {
        await pause(500);
        continue;
      }
      await this.#print(comparison, tookMs);
      if (!isPerfect(comparison)) {
        console.log(this.app.lines.slice(-15).join("\n"));
        assert.fail(comparison.differences.join("\n"));
      }
      return comparison;
    }
  }

  /** Stops the exchange's clock and checks CLOSED_CANDLES and the current candles as well. */
  async agrees({ current = true } = {}): Promise<void> {
    const bus = await openTestBus(this.nats.url);
    try {
      if (current) await this.#hasNoGap();
      this.time.speed = 0;
      await pause(CURRENT_SETTLES_MS);
      const faults = current ? await this.#currentFaults(bus) : [];
      const stream = await compareStream(bus, this.sql);
      console.log(
        `  stream: ${stream.messages} closed candles, ${stream.revisions} of them revisions`,
      );
      assert.deepEqual([...stream.faults, ...faults], []);
    } finally {
      await bus.close();
    }
  }

  /** How the current candles differ from the exchange's. A busy machine takes longer to bring the last ones. */
  async #currentFaults(bus: Bus): Promise<readonly string[]> {
    let faults: readonly string[] = [];
    const isRight = async () => {
      faults = await compareCurrent(bus, this.exchange);
      return faults.length === 0;
    };
    await until("the current candles", isRight, { everyMs: 500 }).catch(() => {});
    return faults;
  }

  async #hasNoGap(): Promise<void> {
    await until("no open gap", async () => await this.#sum("gaps_open") === 0);
  }

  /** A metric summed over all apps. */
  async #sum(name: string): Promise<number> {
    const running = this.#apps.filter(({ isOver }) => !isOver);
    const values = await Promise.all(running.map((app) => app.metric(name)));
    return values.reduce((sum, value) => sum + value, 0);
  }

  #endFaults(): void {
    this.control({ command: "clearFaults" });
    for (const command of ["silence", "stall", "refuse"] as const) {
      this.control({ command, forMs: 0 });
    }
  }

  /** Ends everything that the scenario started itself. */
  async close(): Promise<void> {
    for (const app of this.#apps) await app.kill();
    await this.sql.end({ timeout: 1 });
    await this.exchange.close();
  }

  async #print(comparison: Comparison, tookMs: number): Promise<void> {
    const { compared, wrong, missing, extra, inexact, exchangeMade, uncovered } = comparison;
    const { stats } = this.exchange;
    const [gaps, repaired, revisions] = await Promise.all(
      ["gaps_opened_total", "gaps_repaired_total", "candle_revisions_total"].map((name) =>
        this.#sum(name)
      ),
    );
    const requests = Object.values(stats.restByStatus).reduce((sum, count) => sum + count, 0);
    console.log(
      `  candles: ${compared} compared, ${wrong} wrong, ${missing} missing, ${extra} extra, ` +
        `${inexact} not exact, ${exchangeMade} the exchange's, ${uncovered} products uncovered\n` +
        `  gaps: ${gaps} opened, ${repaired} repaired; ${revisions} revisions; REST: ${requests} ` +
        `requests, ${stats.restHighestPerSecond} in a second at most\n` +
        `  trades: ${this.exchange.tradesMade}; right after ${(tookMs / 1000).toFixed(1)} s, ` +
        `${((performance.now() - this.#startedMs) / 1000).toFixed(0)} s in all\n` +
        `  faults: ${JSON.stringify(stats.faults)}`,
    );
  }
}

/** A moment of yesterday (UTC) in epoch milliseconds, so that this machine's clock is roughly the exchange's. */
export function yesterdayAt(hour: number, minute: number): number {
  const today = Math.floor(Date.now() / 86_400_000) * 86_400_000;
  return today - 86_400_000 + (hour * 60 + minute) * 60_000 + 20_000;
}

/** Wraps a test of the whole: `Deno.test("…", scenario({}, async (it) => …))`. */
export function scenario(
  options: ScenarioOptions,
  test: (it: Scenario) => Promise<void>,
): () => Promise<void> {
  return withServers(async (servers) => {
    await buildIfStale(() => {});
    const { smallDisk, breaksPostgres = smallDisk === "postgres" } = options;
    const disk = smallDisk === undefined ? null : await servers.smallDisk(SMALL_DISK_MEGABYTES);
    const nats = options.natsNodes === undefined
      ? await servers.nats(smallDisk === "nats" && disk !== null ? disk : undefined)
      : await servers.natsCluster(options.natsNodes);
    const own = breaksPostgres
      ? await servers.postgres(smallDisk === "postgres" && disk !== null ? disk : undefined)
      : null;
    const databaseUrl = own?.url ?? await servers.database();
    const time = new ExchangeTime(options.startAtMs ?? START_AT_MS);
    const exchange = await startExchangeSimulator({
      products: 5,
      tradesPerSecond: 12,
      historyHours: 3,
      // Each batch leaves immediately, so that no heartbeat overtakes its trades however fast time
      // passes.
      batchMs: 25,
      subscribeTimeoutMs: 3_600_000,
      ...options.exchange,
      clock: { now: time.now },
    });
    const env = { NATS_REPLICAS: String(options.natsNodes ?? 1), ...options.env };
    const dataDir = await newDirectory();
    const it = new Scenario(exchange, time, nats, own, databaseUrl, env, dataDir, disk);
    try {
      await it.app.whenReady();
      await test(it);
    } catch (error) {
      console.log(it.app.lines.slice(-30).join("\n"));
      throw error;
    } finally {
      await it.close();
    }
  });
}
