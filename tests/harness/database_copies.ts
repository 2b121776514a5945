import postgres from "postgres";

/** What an operator does to a database: back it up, restore it, lose it. Its name stays; all sessions are ended. */
export class DatabaseCopies {
  readonly #name: string;
  readonly #admin: postgres.Sql;

  /** Its owner closes it. */
  constructor(databaseUrl: string) {
    const url = new URL(databaseUrl);
    this.#name = url.pathname.slice(1);
    // Not one that others are made from.
    url.pathname = "/spot_canvas";
    this.#admin = postgres(url.href, { max: 1, onnotice: () => {} });
  }

  /** Keeps a copy of the current database; programs that use it must have ended. */
  async backUp(): Promise<void> {
    await this.endSessions();
    await this.#run(`CREATE DATABASE ${this.#copy} TEMPLATE ${this.#name}`);
  }

  /** Puts the copy in its place. */
  async restore(): Promise<void> {
    await this.#run(`DROP DATABASE ${this.#name} WITH (FORCE)`);
    await this.#run(`ALTER DATABASE ${this.#copy} RENAME TO ${this.#name}`);
  }

  /** Loses it, and makes an empty one. */
  async lose(): Promise<void> {
    await this.#run(`DROP DATABASE ${this.#name} WITH (FORCE)`);
    await this.#run(`CREATE DATABASE ${this.#name} TEMPLATE template0`);
  }

  /** Makes it refuse every write, or take them again. */
  async setReadOnly(isReadOnly: boolean): Promise<void> {
    const value = isReadOnly ? "on" : "off";
    await this.#run(`ALTER DATABASE ${this.#name} SET default_transaction_read_only = ${value}`);
    await this.endSessions();
  }

  async endSessions(): Promise<void> {
    await this.#admin`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = ${this.#name}`;
  }

  async close(): Promise<void> {
    await this.#run(`DROP DATABASE IF EXISTS ${this.#copy} WITH (FORCE)`);
    await this.#admin.end();
  }

  get #copy(): string {
    return `${this.#name}_backup`;
  }

  async #run(statement: string): Promise<void> {
    await this.#admin.unsafe(statement);
  }
}
