import { join } from "node:path";
import { EmbeddedError, reasonOf } from "./error.ts";
import { FileLock } from "./file_lock.ts";
import type { InstallOptions } from "./installation.ts";

/** How every embedded server is started. */
export interface ServerOptions extends InstallOptions {
  /** Its files live in a directory of this one. */
  readonly dataDir: string;
  /** The port to use; by default the last one if it is free, otherwise any. */
  readonly port?: number;
}

/** A server's own directory, which no other process can enter until it is left. */
export interface ServerHome {
  /** Its real path. */
  readonly path: string;
  leave(): void;
}

/**
 * Enters `{dataDir}/{name}`, creating it if necessary. Throws `EmbeddedError` if another process,
 * or this one, is in it already, or if it is not writable.
 */
export async function enterHome(dataDir: string, name: string): Promise<ServerHome> {
  const wanted = join(dataDir, name);
  let lock: FileLock | null;
  let path: string;
  try {
    await Deno.mkdir(wanted, { recursive: true, mode: 0o700 });
    path = await Deno.realPath(wanted);
    lock = await FileLock.tryTake(join(path, "lock"));
  } catch (error) {
    throw new EmbeddedError(`${wanted} cannot be used (${reasonOf(error)}): set DATA_DIR`, {
      cause: error,
    });
  }
  if (lock === null) {
    throw new EmbeddedError(
      `${path} is in use by another process: stop that one, or give this one its own DATA_DIR`,
    );
  }
  const held = lock;
  return { path, leave: () => held[Symbol.dispose]() };
}
