import { openDatabase } from "../lib/store/database.ts";
import { parseDatabaseUrl } from "../lib/store/database_url.ts";
import type { DeadLetter } from "../lib/store/dead_letter_store.ts";

/** All dead letters of a database, in the order of their sequences. */
export async function readDeadLetters(url: string): Promise<DeadLetter[]> {
  const database = openDatabase(parseDatabaseUrl(url), { connections: 1, statementTimeoutMs: 0 });
  try {
    const rows = await database<{ sequence: string; key: string; hex: string; reason: string }[]>`
      SELECT sequence, key, encode(bytes, 'hex') AS hex, reason FROM dead_letters ORDER BY sequence`;
    return rows.map(({ sequence, key, hex, reason }) => ({
      sequence: Number(sequence),
      key,
      bytes: Uint8Array.fromHex(hex),
      reason,
    }));
  } finally {
    await database.end();
  }
}
