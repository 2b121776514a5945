import { AuditStore } from "./audit_store.ts";
import { BackfillStore } from "./backfill_store.ts";
import type { Granularity } from "../candles/granularity.ts";
import { CandleRanges } from "./candle_ranges.ts";
import { CandleStretches } from "./candle_stretches.ts";
import { CandleStore } from "./candle_store.ts";
import { type Database, openDatabase } from "./database.ts";
import { DatabaseDownError, describeError } from "./database_error.ts";
import { describeAddress, parseDatabaseUrl } from "./database_url.ts";
import { DeadLetterStore } from "./dead_letter_store.ts";
import { GapStore } from "./gap_store.ts";
import { findHypertable, type Hypertable } from "./hypertable.ts";
import { ImportStore } from "./import_store.ts";
import { migrate } from "./migrations.ts";
import { pause } from "../time/pause.ts";
import { ProductStore } from "./product_store.ts";
import { refusing } from "./refusing_database.ts";
import { Retention } from "./retention.ts";
import { ScreenerStore } from "./screener_store.ts";
import { StoreMark } from "./store_mark.ts";
import { type DatabaseIdentity, identify } from "./database_identity.ts";
import { ensureReader } from "./reader_role.ts";
import { reportStorage, type StorageReport } from "./storage_report.ts";

/** Receives the store's log lines; a LogTape logger fits. */
export interface StoreLog {
  info(message: string, properties?: Record<string, unknown>): void;
  warn(message: string, properties?: Record<string, unknown>): void;
  error(message: string, properties?: Record<string, unknown>): void;
}

/**
 * `connecting`: never reached so far (migrations are part of it). `degraded`: it answers, but stores no candles.
 * `down`: lost, being retried.
 */
export interface StoreState {
  readonly state: "connecting" | "up" | "degraded" | "down" | "closed";
  /** One line, never with the password; null while up. */
  readonly reason: string | null;
}

export interface StoreOptions {
  readonly log: StoreLog;
  readonly onState?: (state: StoreState) => void;
  /** False leaves TimescaleDB unused even where it is available. */
  readonly timescale?: boolean;
  /** False for a process that only reads, which a standby serves as well. */
  readonly writes?: boolean;
  /** A password with which the role for readers can log in, for an embedded database. */
  readonly readerPassword?: string | null;
}

/** For reading, beside two for writing and one for probing. */
const CONNECTIONS = 7;
const READ_TIMEOUT_MS = 15_000;
const PROBE_EVERY_MS = 2_000;
const PROBE_TIMEOUT_MS = 10_000;
const HANGS = `no answer for ${PROBE_TIMEOUT_MS / 1000} s`;
const RETRY_MIN_MS = 100;
const RETRY_MAX_MS = 2_000;

/**
 * Opens the store over a PostgreSQL URL. It resolves immediately, whether the database is up or
 * not: connecting and migrating continue in the background until they succeed, and a lost database
 * is retried until it is back. The caller closes it. Throws a `DatabaseUrlError` for a URL that
 * cannot be read.
 */
export function openStore(url: string, options: StoreOptions): Promise<Store> {
  // Inside the promise, so that a bad URL rejects it.
  return Promise.resolve().then(() => new Store(url, options));
}

/**
 * All that is kept in PostgreSQL (candles, products, gaps, dead letters), and whether it can be
 * reached.
 */
export class Store {
  readonly candles: CandleStore;
  readonly ranges: CandleRanges;
  readonly stretches: CandleStretches;
  readonly backfills: BackfillStore;
  readonly imports: ImportStore;
  readonly products: ProductStore;
  readonly gaps: GapStore;
  readonly audits: AuditStore;
  readonly deadLetters: DeadLetterStore;
  readonly screener: ScreenerStore;
  readonly mark: StoreMark;
  readonly #options: StoreOptions;
  readonly #address: string;
  readonly #reading: Database;
  readonly #writing: Database;
  /** Of its own: a probe that waited for other statements would report them as a server that hangs. */
  readonly #probing: Database;
  readonly #closing = new AbortController();
  readonly #ready = Promise.withResolvers<void>();
  readonly #watching: Promise<void>;
  #state: StoreState = { state: "connecting", reason: null };
  #diskFull = false;
  /** The server takes statements and does not answer them. */
  #hangs = false;
  #hypertable: Hypertable | null = null;
  #migrated = false;
  #readOnly = false;
  #identity: DatabaseIdentity | null = null;
  #renewals = 0;

  constructor(url: string, options: StoreOptions) {
    const address = parseDatabaseUrl(url);
    const onNotice = (message: string) => options.log.info("PostgreSQL: {message}", { message });
    this.#options = options;
    this.#address = describeAddress(address);
    const read = { statementTimeoutMs: READ_TIMEOUT_MS, onNotice };
    this.#reading = refusing(
      openDatabase(address, { ...read, connections: CONNECTIONS }),
      () => this.#hangs ? HANGS : null,
    );
    this.#probing = openDatabase(address, { ...read, connections: 1 });
    // Commits wait for the disk here too: JetStream no longer redelivers an acknowledged batch, so it must survive a
    // crash of PostgreSQL. With a thousand rows to a commit that costs nothing.
    this.#writing = openDatabase(address, {
      connections: 2,
      statementTimeoutMs: 0,
      onNotice,
    });
    this.candles = new CandleStore(this.#reading, this.#writing);
    this.ranges = new CandleRanges(this.#reading);
    this.stretches = new CandleStretches(this.#reading);
    this.backfills = new BackfillStore(this.#reading);
    this.imports = new ImportStore(this.#reading);
    this.products = new ProductStore(this.#reading);
    this.gaps = new GapStore(this.#reading);
    this.audits = new AuditStore(this.#reading, this.candles);
    this.deadLetters = new DeadLetterStore(this.#reading);
    this.screener = new ScreenerStore(this.#reading);
    this.mark = new StoreMark(this.#writing);
    // Closing before the database was reached must not count as an unhandled rejection.
    this.#ready.promise.catch(() => {});
    this.#watching = this.#watch();
  }

  /**
   * The number of times that other tables were found than before: the database was dropped and
   * created again, or restored, while in use. What was read from it earlier may be gone.
   */
  get renewals(): number {
    return this.#renewals;
  }

  /** Whether the database answers. Checked every two seconds. */
  state(): StoreState {
    return this.#state;
  }

  /** The writer reports whether the database's disk is full; reading still works then. */
  diskIsFull(isFull: boolean): void {
    this.#diskFull = isFull;
    if (this.#state.state === "up" || this.#state.state === "degraded") this.#answers();
  }

  /** Resolves when the database is reached and migrated; rejects if the store is closed first. */
  ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** Removes candles that are older than `days`; a granularity without days is kept forever. */
  retention(days: ReadonlyMap<Granularity, number>): Retention {
    return new Retention(this.#writing, this.backfills, days, this.#hypertable);
  }

  /** The storage that candles take. Slow on a large table. */
  storage(): Promise<StorageReport> {
    return reportStorage(this.#writing, this.#hypertable);
  }

  /** Waits up to two seconds for running statements, then closes every connection. Idempotent. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#ready.reject(new DatabaseDownError("the store is closed"));
    const pools = [this.#reading, this.#writing, this.#probing];
    await Promise.all(pools.map((pool) => pool.end({ timeout: 2 })));
    await this.#watching;
    this.#become({ state: "closed", reason: null });
  }

  /** So that `await using` closes it. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #watch(): Promise<void> {
    const { signal } = this.#closing;
    const closed = new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    let retryMs = RETRY_MIN_MS;
    while (!signal.aborted) {
      try {
        // Migrating reserves a connection, and would never settle if the pool ended during it.
        if (this.#migrated) await this.#probe();
        else await Promise.race([this.#prepare(), closed]);
        if (signal.aborted) break;
        retryMs = RETRY_MIN_MS;
        this.#hangs = false;
        this.#answers();
        this.#ready.resolve();
        await pause(PROBE_EVERY_MS, signal);
      } catch (error) {
        if (signal.aborted) break;
        const reason = `${this.#address}: ${describeError(error)}`;
        this.#become({ state: this.#migrated ? "down" : "connecting", reason });
        await pause(retryMs, signal);
        retryMs = Math.min(retryMs * 2, RETRY_MAX_MS);
      }
    }
  }

  async #prepare(): Promise<void> {
    const { log, timescale } = this.#options;
    const found = await identify(this.#writing);
    if (found.isReadOnly) await this.#requireTables();
    else {
      await migrate(this.#writing, "up", {
        timescale,
        progress: (line) => log.info("{line}", { line }),
      });
    }
    if (!found.isReadOnly) {
      const missing = await ensureReader(this.#writing, this.#options.readerPassword ?? null);
      if (missing !== null) log.info("{line}", { line: missing });
    }
    this.#recognise(found.isReadOnly ? found : await identify(this.#writing));
    this.#hypertable = await findHypertable(this.#writing);
    this.#migrated = true;
    log.info("{line}", { line: await this.#describe() });
  }

  /** The database in use, in one line. */
  async #describe(): Promise<string> {
    const { version, pooled, encryption } = await this.#writing.target();
    const [place] = await this.#writing<{ schema: string }[]>`
      SELECT relnamespace::regnamespace::text AS schema FROM pg_catalog.pg_class
      WHERE oid = 'candles'::regclass`;
    const table = this.#hypertable === null
      ? "an ordinary table (without TimescaleDB)"
      : `a hypertable (TimescaleDB ${this.#hypertable.version}, ${this.#hypertable.licence})`;
    return `PostgreSQL ${version}${pooled ? " behind a pooler" : ""}, ` +
      `${encryption === "tls" ? "encrypted" : "not encrypted"}: ` +
      `candles are kept in ${table} of schema ${place?.schema ?? ""}`;
  }

  /** A read-only database can be read, but not migrated. */
  async #requireTables(): Promise<void> {
    const [row] = await this.#writing<{ table: string | null }[]>`
      SELECT to_regclass('store_mark')::text AS table`;
    if (row?.table != null) return;
    throw new DatabaseDownError("the database is read-only and lacks the tables of this version");
  }

  /** Other tables than before mean that the database was lost: start over with it. */
  #recognise(found: DatabaseIdentity): void {
    const before = this.#identity;
    this.#identity = found;
    this.#readOnly = found.isReadOnly;
    if (before === null || before.tables === found.tables) return;
    this.#renewals++;
    this.#options.log.warn("the database was created again or restored while it was in use");
  }

  /** Treats a server that accepts but does not answer (stopped, swapping) as down: nothing is read until it answers. */
  async #probe(): Promise<void> {
    const late = new AbortController();
    try {
      await Promise.race([
        this.#identify(),
        pause(PROBE_TIMEOUT_MS, AbortSignal.any([late.signal, this.#closing.signal])).then(() => {
          if (late.signal.aborted || this.#closing.signal.aborted) return;
          this.#hangs = true;
          throw new DatabaseDownError(HANGS);
        }),
      ]);
    } finally {
      late.abort();
    }
  }

  async #identify(): Promise<void> {
    const found = await identify(this.#probing);
    const { tables, isReadOnly } = this.#identity ?? found;
    // Another database, or one that is writable again: it may have to be migrated first.
    if (found.tables !== tables || (isReadOnly && !found.isReadOnly)) {
      this.#migrated = false;
      throw new DatabaseDownError("it is another database than before, or takes writes again");
    }
    this.#readOnly = found.isReadOnly;
  }

  #answers(): void {
    if (this.#readOnly && this.#options.writes !== false) {
      const reason = "the database is read-only: it is a standby, or set so";
      this.#become({ state: "degraded", reason });
    } else if (this.#diskFull) {
      this.#become({ state: "degraded", reason: "the database's disk is full" });
    } else this.#become({ state: "up", reason: null });
  }

  #become(next: StoreState): void {
    const before = this.#state;
    if (before.state === next.state && before.reason === next.reason) return;
    this.#state = next;
    const { log, onState } = this.#options;
    if (next.state === "up") log.info("PostgreSQL is up: {address}", { address: this.#address });
    else if (next.state === "degraded") {
      log.warn("PostgreSQL accepts no candles, they wait in JetStream: {reason}", { ...next });
    } else if (next.reason !== null) log.warn("PostgreSQL cannot be used: {reason}", { ...next });
    onState?.(next);
  }
}
