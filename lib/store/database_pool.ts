// @ts-types="./pg.d.ts"
import pg from "pg";
import type { DatabaseOptions, TransactionOptions } from "./database.ts";
import { type Copying, copyingOn } from "./database_copy.ts";
import { DatabaseDownError, describeError, isConnectionLost } from "./database_error.ts";
import { setUpStatement } from "./database_session.ts";
import { DatabaseSlots } from "./database_slots.ts";
import { clientConfig, type DatabaseTarget, findTarget } from "./database_target.ts";
import type { DatabaseAddress } from "./database_url.ts";
import type { SqlValue } from "./database_values.ts";

export interface Statement {
  readonly text: string;
  readonly values?: readonly SqlValue[];
  /** Whether to keep its plan where sessions are not shared by a pooler. */
  readonly prepare?: boolean;
}

type Run = (statement: Statement) => Promise<pg.QueryResult>;
type Work<Result> = (run: Run, copying: Copying) => Promise<Result>;

interface OpenPool {
  readonly target: DatabaseTarget;
  readonly pool: pg.Pool;
  /** Changes when connections have to be made differently. */
  readonly key: string;
}

/** PostgreSQL's notice to `CREATE … IF NOT EXISTS`, which is not passed on. */
const ALREADY_THERE = "42P07";
/**
 * How long after its own timeout a statement is given up: by then the server, or something in between, does not answer.
 */
const ANSWER_TIMEOUT_MS = 5_000;
/** A connection is used for an hour, since the address or a certificate may change. */
const LIFETIME_S = 3_600;

/**
 * Connections to the server that was found for an address. The server is looked up again whenever a connection is lost,
 * since by then it may be another one, or behind a pooler. Its owner ends it.
 */
export class DatabasePool {
  readonly #slots: DatabaseSlots;
  readonly #clients = new Set<pg.Client>();
  readonly #ending = new AbortController();
  /** Names of prepared statements, by text. Texts are the program's own, so there are few. */
  readonly #names = new Map<string, string>();
  #finding: Promise<OpenPool> | null = null;
  #open: OpenPool | null = null;

  constructor(
    private readonly address: DatabaseAddress,
    private readonly options: DatabaseOptions,
  ) {
    this.#slots = new DatabaseSlots(options.connections);
  }

  async target(): Promise<DatabaseTarget> {
    return (await this.#find()).target;
  }

  /** Runs one statement. Behind a pooler it runs in its own transaction, to which its settings are local. */
  async run(statement: Statement): Promise<pg.QueryResult> {
    const { text, values = [], prepare = false } = statement;
    return await this.#withClient(async (client, { pooled, ...target }) => {
      if (pooled) {
        const here = { ...target, pooled };
        return await this.#inTransaction(client, here, {}, (run) => run(statement));
      }
      const name = prepare && values.length > 0 ? this.#nameOf(text) : undefined;
      return await query(client, { name, text, values: [...values] });
    });
  }

  /** Runs statements in one transaction. */
  async transaction<Result>(
    work: Work<Result>,
    options: TransactionOptions = {},
  ): Promise<Result> {
    return await this.#withClient((client, target) =>
      this.#inTransaction(client, target, options, work)
    );
  }

  /**
   * Waits for running statements, at most `timeoutS` seconds if given, and closes all connections.
   */
  async end(timeoutS?: number): Promise<void> {
    this.#ending.abort();
    this.#slots.close();
    const ended = Promise.allSettled([this.#open?.pool.end(), this.#finding]);
    this.#open = null;
    const late = Promise.withResolvers<void>();
    const timer = timeoutS === undefined ? null : setTimeout(late.resolve, timeoutS * 1000);
    await Promise.race([ended, late.promise]);
    if (timer !== null) clearTimeout(timer);
    for (const { connection } of this.#clients) connection.stream.destroy();
  }

  async #withClient<Result>(
    work: (client: pg.PoolClient, target: DatabaseTarget) => Promise<Result>,
  ): Promise<Result> {
    await this.#slots.take();
    try {
      const { pool, target } = await this.#find();
      const client = await this.#connect(pool);
      let lost = false;
      try {
        return await work(client, target);
      } catch (error) {
        lost = isConnectionLost(error);
        if (lost) this.#finding = null;
        throw error;
      } finally {
        client.release(lost);
      }
    } finally {
      this.#slots.give();
    }
  }

  async #connect(pool: pg.Pool): Promise<pg.PoolClient> {
    try {
      return await pool.connect();
    } catch (error) {
      this.#finding = null;
      throw new DatabaseDownError(describeError(error), { cause: error });
    }
  }

  async #inTransaction<Result>(
    client: pg.PoolClient,
    target: DatabaseTarget,
    { snapshot = false }: TransactionOptions,
    work: Work<Result>,
  ): Promise<Result> {
    const setUp = target.pooled ? `; ${this.#setUp(target, true)}` : "";
    const kind = snapshot ? "REPEATABLE READ, READ ONLY" : "READ COMMITTED";
    await query(client, { text: `BEGIN ISOLATION LEVEL ${kind}${setUp}` });
    let result: Result;
    try {
      result = await work(
        ({ text, values = [] }) => query(client, { text, values: [...values] }),
        copyingOn(client),
      );
    } catch (error) {
      if (!client.connection.stream.destroyed) {
        await query(client, { text: "ROLLBACK" }).catch(() => {
          // The connection is gone, and the transaction with it.
        });
      }
      throw error;
    }
    const { command } = await query(client, { text: "COMMIT" });
    // Where a failed statement was ignored, PostgreSQL answers COMMIT with ROLLBACK and no error.
    if (command !== "COMMIT") {
      throw new Error("a transaction was undone: one of its statements failed");
    }
    return result;
  }

  #setUp({ known }: DatabaseTarget, local: boolean): string {
    const { statementTimeoutMs } = this.options;
    return setUpStatement({ known, statementTimeoutMs, settings: this.address.settings }, local);
  }

  #nameOf(text: string): string {
    const name = this.#names.get(text) ?? `spot_canvas_${this.#names.size + 1}`;
    this.#names.set(text, name);
    return name;
  }

  #find(): Promise<OpenPool> {
    if (this.#ending.signal.aborted) {
      return Promise.reject(new DatabaseDownError("the connections are closed"));
    }
    return this.#finding ??= this.#look().catch((error) => {
      this.#finding = null;
      throw new DatabaseDownError(describeError(error), { cause: error });
    });
  }

  async #look(): Promise<OpenPool> {
    const target = await findTarget(this.address, this.#ending.signal);
    const config = await clientConfig(this.address, target);
    this.#ending.signal.throwIfAborted();
    const key = JSON.stringify([config, target.pooled, target.version]);
    if (this.#open?.key === key) return this.#open;
    this.#open?.pool.end().catch(() => {
      // Its connections are not used any longer.
    });
    return this.#open = { target, key, pool: this.#openPool(config, target) };
  }

  #openPool(config: pg.ClientConfig, target: DatabaseTarget): pg.Pool {
    const { statementTimeoutMs, connections, onNotice } = this.options;
    const setUp = this.#setUp(target, false);
    const pool = new pg.Pool({
      ...config,
      max: connections,
      idleTimeoutMillis: 0,
      maxLifetimeSeconds: LIFETIME_S,
      query_timeout: statementTimeoutMs > 0 ? statementTimeoutMs + ANSWER_TIMEOUT_MS : undefined,
      // Awaited before anything else runs on a new connection.
      onConnect: async (client) => {
        if (!target.pooled) await client.query({ text: setUp });
      },
    });
    // An idle connection was lost: the next statement takes another one.
    pool.on("error", () => {});
    pool.on("connect", (client) => {
      this.#clients.add(client);
      client.on("error", () => {});
      client.on("end", () => this.#clients.delete(client));
      client.on("notice", ({ code, message = "" }) => {
        if (code !== ALREADY_THERE) onNotice?.(message);
      });
    });
    return pool;
  }
}

const NOTHING: pg.QueryResult = { command: "", rowCount: 0, rows: [] };

/** Throws PostgreSQL's errors unchanged; after any other failure the connection is discarded. */
async function query(client: pg.PoolClient, config: pg.QueryConfig): Promise<pg.QueryResult> {
  try {
    const result = await client.query(config);
    return Array.isArray(result) ? result.at(-1) ?? NOTHING : result;
  } catch (error) {
    if (error instanceof pg.DatabaseError || error instanceof TypeError) throw error;
    throw new DatabaseDownError(describeError(error), { cause: error });
  }
}
