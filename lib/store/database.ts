import type { Copying } from "./database_copy.ts";
import { DatabasePool } from "./database_pool.ts";
import type { DatabaseTarget } from "./database_target.ts";
import type { DatabaseAddress } from "./database_url.ts";
import type { SqlValue } from "./database_values.ts";

/** The rows of an answer, and how many rows the statement read or wrote. */
export type Answer<Row> = Row[] & { readonly count: number };

/** Runs statements: each on its own, or all within one transaction. */
export interface Statements {
  /** Values become parameters; they are never part of the text. */
  <Rows extends readonly object[] = readonly Readonly<Record<string, unknown>>[]>(
    text: TemplateStringsArray,
    ...values: readonly SqlValue[]
  ): Promise<Answer<Rows[number]>>;
  /**
   * The same for a text and its values. `prepare` keeps the plan where sessions are not shared by a pooler. Without
   * values the text may be several statements; the answer is then empty.
   */
  unsafe<Rows extends readonly object[] = readonly Readonly<Record<string, unknown>>[]>(
    text: string,
    values?: readonly SqlValue[],
    options?: { readonly prepare?: boolean },
  ): Promise<Answer<Rows[number]>>;
}

/** The statements of one transaction, and COPY within it. */
export interface Transaction extends Statements, Copying {}

/** What a transaction sees of the database; by default each statement sees what was committed before it. */
export interface TransactionOptions {
  /** All statements see one moment, and none may write. */
  readonly snapshot?: boolean;
}

/**
 * A pool of connections to one database. No statement may rely on what an earlier one left in a session, since behind a
 * pooler the next one runs in another session.
 */
export interface Database extends Statements {
  /** Runs statements in one transaction, which is undone if `work` throws. It holds a connection as long as it takes. */
  transaction<Result>(
    work: (sql: Transaction) => Promise<Result>,
    options?: TransactionOptions,
  ): Promise<Result>;
  /** Connects if necessary, and returns what it is connected to. */
  target(): Promise<DatabaseTarget>;
  /**
   * Waits for running statements (`timeout` seconds at most), then closes every connection.
   * Idempotent.
   */
  end(options?: { readonly timeout?: number }): Promise<void>;
}

/** How a pool behaves. */
export interface DatabaseOptions {
  /** Connections at most; further statements wait for a free one. */
  readonly connections: number;
  /** Longest a statement may run, milliseconds; 0 for no limit. */
  readonly statementTimeoutMs: number;
  /** Receives PostgreSQL's notices. */
  readonly onNotice?: (message: string) => void;
}

/**
 * Opens a pool; nothing is connected before the first statement. The caller ends it with `end()`. Numerics and bigints
 * come as text, so that no digit is lost ; times must be selected as numbers.
 */
export function openDatabase(address: DatabaseAddress, options: DatabaseOptions): Database {
  const pool = new DatabasePool(address, options);
  return Object.assign(
    statements((text, values, prepare) => pool.run({ text, values, prepare })),
    {
      transaction: <Result>(
        work: (sql: Transaction) => Promise<Result>,
        how?: TransactionOptions,
      ): Promise<Result> =>
        pool.transaction(
          (run, copying) =>
            work(Object.assign(statements((text, values) => run({ text, values })), copying)),
          how,
        ),
      target: () => pool.target(),
      end: ({ timeout }: { readonly timeout?: number } = {}) => pool.end(timeout),
    },
  );
}

interface Result {
  readonly rows: Record<string, unknown>[];
  readonly rowCount: number | null;
}

type Run = (text: string, values: readonly SqlValue[], prepare: boolean) => Promise<Result>;

function statements(run: Run): Statements {
  async function tagged(text: TemplateStringsArray, ...values: readonly SqlValue[]) {
    return answerOf(await run(textOf(text), values, true));
  }
  async function unsafe(
    text: string,
    values: readonly SqlValue[] = [],
    { prepare = false }: { readonly prepare?: boolean } = {},
  ) {
    return answerOf(await run(text, values, prepare));
  }
  return Object.assign(tagged, { unsafe });
}

function textOf(parts: TemplateStringsArray): string {
  return parts.reduce((text, part, i) => `${text}$${i}${part}`);
}

function answerOf({ rows, rowCount }: Result) {
  return Object.assign(rows, { count: rowCount ?? 0 });
}
