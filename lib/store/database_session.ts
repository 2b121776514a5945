// @ts-types="./pg.d.ts"
import pg from "pg";

/**
 * Settings that every statement here relies on, and that a role, a database or a server may change:
 * the meaning of texts, the durability of commits, and that nothing is ended unexpectedly.
 * `default_transaction_read_only` is not changed, since it is set on purpose.
 */
const EXPECTED: ReadonlyMap<string, string> = new Map([
  ["DateStyle", "ISO, YMD"],
  ["IntervalStyle", "postgres"],
  ["TimeZone", "UTC"],
  ["bytea_output", "hex"],
  ["extra_float_digits", "1"],
  ["standard_conforming_strings", "on"],
  ["backslash_quote", "safe_encoding"],
  ["array_nulls", "on"],
  ["transform_null_equals", "off"],
  ["xmloption", "content"],
  ["quote_all_identifiers", "off"],
  ["default_transaction_isolation", "read committed"],
  ["default_transaction_deferrable", "off"],
  // An acknowledged batch is one that JetStream no longer keeps for us, so it must survive a crash of PostgreSQL.
  ["synchronous_commit", "on"],
  ["client_min_messages", "notice"],
  ["lock_timeout", "0"],
  ["transaction_timeout", "0"],
  ["idle_session_timeout", "0"],
  ["idle_in_transaction_session_timeout", "60000"],
  ["statement_timeout", "0"],
]);

/** Those of them that the URL may set: limits, which change the meaning of no text. */
const LIMITS = /^(lock_timeout|transaction_timeout|idle_.*_timeout|statement_timeout)$/;

/** Every name above, to find out which of them a server knows. */
export const EXPECTED_NAMES: readonly string[] = [...EXPECTED.keys()];

/** Whether a setting must not be changed by a URL. */
export function isReserved(name: string): boolean {
  const wanted = name.toLowerCase();
  return wanted === "client_encoding" ||
    EXPECTED_NAMES.some((own) => own.toLowerCase() === wanted && !LIMITS.test(own));
}

/** The settings for a session, or for one transaction. */
export interface SessionSetUp {
  /** The names of `EXPECTED_NAMES` that this server has. */
  readonly known: ReadonlySet<string>;
  /** Longest a statement may run, milliseconds; 0 for no limit. */
  readonly statementTimeoutMs: number;
  /** What the URL sets, by name. */
  readonly settings: ReadonlyMap<string, string>;
}

/** One statement that makes all settings, for the session or (`local`) for the transaction that it runs in. */
export function setUpStatement(
  { known, statementTimeoutMs, settings }: SessionSetUp,
  local: boolean,
): string {
  const values = new Map([
    ...[...EXPECTED].filter(([name]) => known.has(name)),
    ["statement_timeout", String(statementTimeoutMs)] as const,
    ...settings,
  ]);
  // Not SET, which would take a list of schemas for a single name.
  const calls = [...values].map(([name, value]) =>
    `pg_catalog.set_config(${pg.escapeLiteral(name)}, ${pg.escapeLiteral(value)}, ${local})`
  );
  return `SELECT ${calls.join(", ")}`;
}
