import postgres from "postgres";
import type { DatabaseAddress } from "./database_url.ts";

/** A pool of connections to one database, as postgres.js gives it. */
export type Database = postgres.Sql;

/** How a pool behaves. */
export interface DatabaseOptions {
  /** Connections at most; further queries wait for a free one. */
  readonly connections: number;
  /** Longest a statement may run, milliseconds; 0 for no limit. */
  readonly statementTimeoutMs: number;
  /** What PostgreSQL says besides answers. */
  readonly onNotice?: (message: string) => void;
}

/** What PostgreSQL says to `CREATE … IF NOT EXISTS`: nothing to hear about. */
const ALREADY_THERE = "42P07";
/** Longest that opening one connection may take, seconds. */
const CONNECT_TIMEOUT_S = 5;
/** postgres.js waits up to 20 s between attempts by itself; a page must not. */
const MAX_RECONNECT_DELAY_S = 1;

/**
 * Opens a pool; nothing is connected before the first query. The caller ends it with `end()`. Numerics and
 * bigints come as text, so that no digit is lost on the way.
 */
export function openDatabase(address: DatabaseAddress, options: DatabaseOptions): Database {
  return postgres({
    host: address.host,
    port: address.port,
    path: address.host.startsWith("/") ? `${address.host}/.s.PGSQL.${address.port}` : undefined,
    database: address.database,
    user: address.user,
    password: address.password,
    ssl: address.ssl,
    max: options.connections,
    connect_timeout: CONNECT_TIMEOUT_S,
    backoff: (retries: number) => Math.min(0.05 * 2 ** retries, MAX_RECONNECT_DELAY_S),
    // Needed by `reserve()`: without it postgres.js 3.4 never hands out a connection it has just opened.
    fetch_types: true,
    onnotice: ({ code, message = "" }) => {
      if (code !== ALREADY_THERE) options.onNotice?.(message);
    },
    connection: {
      application_name: "spot-canvas",
      TimeZone: "UTC",
      statement_timeout: options.statementTimeoutMs,
    },
  });
}
