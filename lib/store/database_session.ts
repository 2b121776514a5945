// @ts-types="./pg.d.ts"
import pg from "pg";

/**
 * What a session, a role, a database or a server may have set otherwise, and what every statement here takes for granted:
 * what text means, how sure a commit is, and that nothing is ended behind our back. `default_transaction_read_only` is left
 * alone: whoever sets that means it.
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

/** Names among these that the connection's URL may set all the same: they are limits, and no text means another thing. */
const LIMITS = /^(lock_timeout|transaction_timeout|idle_.*_timeout|statement_timeout)$/;

/** Every name above, to ask a server which of them it knows. */
export const EXPECTED_NAMES: readonly string[] = [...EXPECTED.keys()];

/** Whether a setting is one that a URL must leave as it is. */
export function isReserved(name: string): boolean {
  const wanted = name.toLowerCase();
  return wanted === "client_encoding" ||
    EXPECTED_NAMES.some((own) => own.toLowerCase() === wanted && !LIMITS.test(own));
}

/** How to set a session, or one transaction, up. */
export interface SessionSetUp {
  /** The names of `EXPECTED_NAMES` that this server has. */
  readonly known: ReadonlySet<string>;
  /** Longest a statement may run, milliseconds; 0 for no limit. */
  readonly statementTimeoutMs: number;
  /** What the URL sets, by name. */
  readonly settings: ReadonlyMap<string, string>;
}

/** One statement that sets everything up, until the session ends or (`local`) the transaction that it runs in. */
export function setUpStatement(
  { known, statementTimeoutMs, settings }: SessionSetUp,
  local: boolean,
): string {
  const values = new Map([
    ...[...EXPECTED].filter(([name]) => known.has(name)),
    ["statement_timeout", String(statementTimeoutMs)] as const,
    ...settings,
  ]);
  // Not SET, which would take a list of schemas for the name of one.
  const calls = [...values].map(([name, value]) =>
    `pg_catalog.set_config(${pg.escapeLiteral(name)}, ${pg.escapeLiteral(value)}, ${local})`
  );
  return `SELECT ${calls.join(", ")}`;
}
