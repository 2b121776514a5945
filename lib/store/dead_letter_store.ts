import type { Database } from "./database.ts";

/** A closed candle's message that could not be stored, and why. */
export interface DeadLetter {
  /** Its sequence in CLOSED_CANDLES. */
  readonly sequence: number;
  /** The key of its subject; text, since it may not be a valid key. */
  readonly key: string;
  readonly bytes: Uint8Array;
  readonly reason: string;
}

/** The dead letters in PostgreSQL: nothing that was published is ever dropped without a trace. */
export class DeadLetterStore {
  constructor(private readonly database: Database) {}

  /** Keeps a letter, once. */
  async add({ sequence, key, bytes, reason }: DeadLetter): Promise<void> {
    await this.database`INSERT INTO dead_letters (sequence, key, bytes, reason)
      VALUES (${sequence}, ${clean(key)}, ${bytes}, ${clean(reason)})
      ON CONFLICT (sequence, key) DO NOTHING`;
  }
}

/** PostgreSQL's text holds every character but NUL. */
function clean(text: string): string {
  return text.replaceAll("\0", "\uFFFD");
}
