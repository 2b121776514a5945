import { nameInKeyFile } from "../coinbase/private_key.ts";
import { readKeyName } from "./readers.ts";

/** Faults that involve more than one variable. */
export function* contradictions(given: Readonly<Record<string, string>>): Iterable<string> {
  if (given.EMBEDDED === "never") {
    for (const name of ["DATABASE_URL", "NATS_URL"]) {
      if (given[name] === undefined) yield `${name}: not set, and EMBEDDED=never: give its URL`;
    }
  }
  if ((given.COINBASE_API_KEY === undefined) !== (given.COINBASE_PRIVATE_KEY === undefined)) {
    const missing = given.COINBASE_API_KEY === undefined
      ? "COINBASE_API_KEY"
      : "COINBASE_PRIVATE_KEY";
    yield `${missing}: not set: give COINBASE_API_KEY and COINBASE_PRIVATE_KEY, or neither`;
  }
  if ((given.TLS_CERT_FILE === undefined) !== (given.TLS_KEY_FILE === undefined)) {
    const missing = given.TLS_CERT_FILE === undefined ? "TLS_CERT_FILE" : "TLS_KEY_FILE";
    yield `${missing}: not set: give TLS_CERT_FILE and TLS_KEY_FILE, or neither`;
  }
  const inFile = nameInKeyFile(given.COINBASE_PRIVATE_KEY ?? "");
  if (inFile !== null && inFile !== readKeyName(given.COINBASE_API_KEY ?? "")) {
    yield "COINBASE_API_KEY: (hidden) is not the name in COINBASE_PRIVATE_KEY's key file: leave it out";
  }
  const workers = Number(given.WEB_WORKERS ?? 1);
  const roles = given.ROLES?.split(",").map((role) => role.trim());
  if (workers > 1 && roles !== undefined && !roles.includes("web")) {
    yield `WEB_WORKERS: ${JSON.stringify(given.WEB_WORKERS)} is not allowed: ` +
      `give 1, or add web to ROLES, which is ${JSON.stringify(given.ROLES)}`;
  }
  const count = Number(given.SHARD_COUNT ?? 1);
  if (Number(given.SHARD_INDEX ?? 0) >= count && count >= 1) {
    yield `SHARD_INDEX: ${JSON.stringify(given.SHARD_INDEX)} is not allowed: ` +
      `give a number below SHARD_COUNT, which is ${count}`;
  }
}

/**
 * The exchange's JSON key file has both name and key, so it may be given in either variable alone.
 */
export function spreadKeyFile(given: Record<string, string>): void {
  const { COINBASE_API_KEY: first, COINBASE_PRIVATE_KEY: second } = given;
  const file = [first, second].find((text) => text !== undefined && nameInKeyFile(text) !== null);
  if (file === undefined) return;
  given.COINBASE_API_KEY ??= file;
  given.COINBASE_PRIVATE_KEY ??= file;
}
