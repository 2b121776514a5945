import type { Database, Transaction, TransactionOptions } from "./database.ts";
import { DatabaseDownError } from "./database_error.ts";
import type { SqlValue } from "./database_values.ts";

/**
 * A database that refuses statements while `reason` returns one: a server that hangs would keep each of them waiting
 * until its time limit. Statements that run already are left alone.
 */
export function refusing(database: Database, reason: () => string | null): Database {
  const unlessRefused = async <Result>(run: () => Promise<Result>): Promise<Result> => {
    const why = reason();
    if (why !== null) throw new DatabaseDownError(why);
    return await run();
  };
  return Object.assign(
    <Rows extends readonly object[]>(
      text: TemplateStringsArray,
      ...values: readonly SqlValue[]
    ) => unlessRefused(() => database<Rows>(text, ...values)),
    {
      unsafe: <Rows extends readonly object[]>(
        text: string,
        values?: readonly SqlValue[],
        options?: { readonly prepare?: boolean },
      ) => unlessRefused(() => database.unsafe<Rows>(text, values, options)),
      transaction: <Result>(
        work: (sql: Transaction) => Promise<Result>,
        options?: TransactionOptions,
      ) => unlessRefused(() => database.transaction(work, options)),
      target: () => database.target(),
      end: (options?: { readonly timeout?: number }) => database.end(options),
    },
  );
}
