import { dirname } from "node:path";
import { pause } from "../time/pause.ts";

const RETRY_MS = 50;

/**
 * An exclusive lock on a file, for as long as it is not closed. The kernel holds it, so it ends
 * with its process in any case, and never becomes stale.
 */
export class FileLock implements Disposable {
  private held = true;

  private constructor(private readonly file: Deno.FsFile) {}

  /** Takes the lock; null if it is taken (by this process, too). */
  static async tryTake(path: string): Promise<FileLock | null> {
    await Deno.mkdir(dirname(path), { recursive: true });
    const file = await Deno.open(path, { create: true, write: true, mode: 0o600 });
    if (await file.tryLock(true)) return new FileLock(file);
    file.close();
    return null;
  }

  /** Waits for the lock. `waiting` is called once if it is not free. */
  static async take(path: string, waiting: () => void, signal?: AbortSignal): Promise<FileLock> {
    for (let attempt = 0;; attempt++) {
      signal?.throwIfAborted();
      const lock = await FileLock.tryTake(path);
      if (lock !== null) return lock;
      if (attempt === 0) waiting();
      await pause(RETRY_MS, signal);
    }
  }

  [Symbol.dispose](): void {
    if (!this.held) return;
    this.held = false;
    // A child process that is being started has a copy of the open file until its program runs; closing alone would
    // leave that locked.
    this.file.unlockSync();
    this.file.close();
  }
}
