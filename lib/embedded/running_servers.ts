import { join } from "node:path";
import { readNatsRecord } from "./nats_config.ts";
import { greets, NATS_NAME } from "./nats_greeting.ts";
import { readReaderPassword } from "./reader_password.ts";
import { runningPostgresUrl } from "./running_postgres.ts";

/** A running embedded server. The URL has the password of a user with all rights: never log it. */
export interface RunningServer {
  readonly url: string;
  readonly readerPassword: string;
}

const GREETING_TIMEOUT_MS = 1_000;

/** The embedded PostgreSQL that a process of the same user runs on a data directory; null if none is ready. */
export async function runningPostgres(dataDir: string): Promise<RunningServer | null> {
  const url = await runningPostgresUrl(dataDir);
  if (url === null) return null;
  return { url, readerPassword: await readReaderPassword(join(dataDir, "postgres")) };
}

/** The same of NATS. */
export async function runningNats(dataDir: string): Promise<RunningServer | null> {
  const home = join(dataDir, "nats");
  const { user, password, port } = await readNatsRecord(home);
  // The port of the last start may be another server's now.
  if (port === null || !await greets(NATS_NAME, port, GREETING_TIMEOUT_MS)) return null;
  const url = `nats://${user}:${password}@127.0.0.1:${port}`;
  return { url, readerPassword: await readReaderPassword(home) };
}
