// The part of `pg` that this program uses. DefinitelyTyped's declarations bring Node's types, which replace Deno's in
// the whole program.
import type { Buffer } from "node:buffer";
import type { Duplex } from "node:stream";
import type { ConnectionOptions } from "node:tls";

declare namespace pg {
  interface ClientConfig {
    readonly host: string;
    readonly port: number;
    readonly database: string;
    readonly user: string;
    readonly password: () => Promise<string>;
    readonly ssl: false | ConnectionOptions;
    readonly sslnegotiation: "postgres" | "direct";
    readonly application_name: string;
    /** Milliseconds. */
    readonly connectionTimeoutMillis: number;
    readonly keepAlive: boolean;
    readonly types: { getTypeParser(type: number): (text: string) => unknown };
    /** Milliseconds after which a statement without an answer fails. */
    readonly query_timeout?: number;
  }

  interface QueryConfig {
    /** Named statements are prepared once on a connection. */
    readonly name?: string;
    readonly text: string;
    readonly values?: unknown[];
  }

  interface QueryResult {
    readonly command: string;
    readonly rowCount: number | null;
    readonly rows: Record<string, unknown>[];
  }

  /** A query that reads the protocol itself. */
  interface Submittable {
    submit(connection: Connection): void;
  }

  interface Connection {
    readonly stream: Duplex;
    query(text: string): void;
    sendCopyFromChunk(chunk: Buffer): void;
    sendCopyFail(reason: string): void;
    endCopyFrom(): void;
  }

  interface Notice {
    readonly code?: string;
    readonly message?: string;
  }

  class Client {
    constructor(config: ClientConfig);
    readonly connection: Connection;
    /** The backend's process id, as the server reported it at the start. */
    readonly processID: number | null;
    connect(): Promise<unknown>;
    /** Several statements without values have several results. */
    query(config: QueryConfig): Promise<QueryResult | QueryResult[]>;
    query<Query extends Submittable>(query: Query): Query;
    end(): Promise<void>;
    on(event: "error", listener: (error: Error) => void): this;
    on(event: "end", listener: () => void): this;
    on(event: "notice", listener: (notice: Notice) => void): this;
  }

  class PoolClient extends Client {
    /** True: the connection is closed and not used again. */
    release(destroy: boolean): void;
  }

  interface PoolConfig extends ClientConfig {
    readonly max: number;
    /** 0: idle connections stay. */
    readonly idleTimeoutMillis: number;
    readonly maxLifetimeSeconds: number;
    /** Awaited before a new connection is handed out. */
    readonly onConnect: (client: Client) => Promise<void>;
  }

  class Pool {
    constructor(config: PoolConfig);
    connect(): Promise<PoolClient>;
    end(): Promise<void>;
    on(event: "error", listener: (error: Error) => void): this;
    on(event: "connect", listener: (client: Client) => void): this;
  }

  /** What PostgreSQL refused, with its SQLSTATE. */
  class DatabaseError extends Error {
    readonly code: string | undefined;
  }

  function escapeLiteral(text: string): string;
  const types: { readonly builtins: Readonly<Record<BuiltIn, number>> };
  type BuiltIn =
    | "BOOL"
    | "INT2"
    | "INT4"
    | "DATE"
    | "TIME"
    | "TIMETZ"
    | "TIMESTAMP"
    | "TIMESTAMPTZ"
    | "INTERVAL"
    | "BYTEA";
}

export default pg;
