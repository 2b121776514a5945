import { join } from "node:path";
import { FileLock } from "../embedded/file_lock.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What an ingester calls itself. Whoever asks for it gives it up. */
export interface IngesterName {
  readonly text: string;
  giveUp(): void;
}

/**
 * A name that belongs to a data directory: the process that comes after one that died there has the same, and so its
 * lease at once. While one process has it, another gets a random one, as where nothing can be written.
 */
export async function nameIngester(dataDir: string, lease: string): Promise<IngesterName> {
  const home = join(dataDir, "ingesters");
  try {
    const lock = await FileLock.tryTake(join(home, `${lease}.lock`));
    if (lock === null) return { text: crypto.randomUUID(), giveUp() {} };
    const text = await keptName(join(home, `${lease}.name`));
    return { text, giveUp: () => lock[Symbol.dispose]() };
  } catch {
    // A read-only or a full disk costs a wait after a crash, nothing more.
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
