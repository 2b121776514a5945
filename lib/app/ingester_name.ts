import { join } from "node:path";
import { FileLock } from "../embedded/file_lock.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** An ingester's name. The caller gives it up. */
export interface IngesterName {
  readonly text: string;
  giveUp(): void;
}

/**
 * A name that belongs to a data directory, so that a process gets the name of a dead predecessor in that directory, and
 * with it the lease immediately. While one process has the name, another one gets a random name, as
 * does one that cannot write there.
 */
export async function nameIngester(dataDir: string, lease: string): Promise<IngesterName> {
  const home = join(dataDir, "ingesters");
  try {
    const lock = await FileLock.tryTake(join(home, `${lease}.lock`));
    if (lock === null) return { text: crypto.randomUUID(), giveUp() {} };
    const text = await keptName(join(home, `${lease}.name`));
    return { text, giveUp: () => lock[Symbol.dispose]() };
  } catch {
    // On a read-only or full disk, a start after a crash has to wait for the lease, nothing more.
    return { text: crypto.randomUUID(), giveUp() {} };
  }
}

async function keptName(path: string): Promise<string> {
  const kept = await Deno.readTextFile(path).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  });
  if (UUID.test(kept)) return kept;
  const name = crypto.randomUUID();
  await Deno.writeTextFile(path, name);
  return name;
}
