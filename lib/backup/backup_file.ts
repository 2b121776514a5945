import { basename, dirname, join } from "node:path";
import { BackupError, damaged } from "./backup_format.ts";

/** The name for standard output or input. */
export const STANDARD = "-";

/** A compressed file that a backup's text is written to. */
export interface BackupSink {
  take(bytes: Uint8Array): Promise<void>;
  /** Makes the file appear under its name, in the place of one that may be there; returns its size in bytes. */
  finish(): Promise<number>;
  /** Removes the unfinished file. Idempotent; does nothing after `finish`. */
  abandon(): Promise<void>;
}

/** Opens a file that appears under its name only when it is complete. The caller finishes or abandons it. */
export async function createBackupFile(path: string): Promise<BackupSink> {
  if (path === STANDARD) return sinkInto(Deno.stdout.writable, () => Promise.resolve(0));
  // In the same directory, so that renaming is atomic. Readable by its owner alone, since it has all data.
  const partial = await Deno.makeTempFile({
    dir: dirname(path),
    prefix: `${basename(path)}.`,
    suffix: ".partial",
  });
  const file = await Deno.open(partial, { write: true });
  const sink = sinkInto(
    new WritableStream({
      async write(bytes) {
        for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await file.write(rest));
      },
      abort: () => file.close(),
    }),
    async () => {
      await file.sync();
      const { size } = await file.stat();
      file.close();
      await Deno.rename(partial, path);
      return size;
    },
  );
  return {
    ...sink,
    async abandon() {
      await sink.abandon();
      await Deno.remove(partial).catch((error) => {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      });
    },
  };
}

/** A backup's text. Ending the iteration closes the file. Throws a `BackupError` where it is not a complete gzip. */
export async function* openBackupFile(path: string): AsyncGenerator<Uint8Array, void> {
  const compressed = path === STANDARD ? Deno.stdin.readable : (await Deno.open(path)).readable;
  try {
    yield* compressed.pipeThrough(new DecompressionStream("gzip"));
  } catch (cause) {
    throw cause instanceof TypeError ? damaged({ cause }) : cause;
  }
}

/** Checks the path of a backup before anything is written. */
export async function requirePlace(path: string): Promise<void> {
  if (path === STANDARD) return;
  const directory = join(path, "..");
  const { isDirectory } = await Deno.stat(directory).catch(() => ({ isDirectory: false }));
  if (!isDirectory) throw new BackupError(`there is no directory ${directory}`);
}

function sinkInto(
  target: WritableStream<Uint8Array>,
  complete: () => Promise<number>,
): BackupSink {
  const gzip = new CompressionStream("gzip");
  const written = gzip.readable.pipeTo(target);
  // A write that waits for room would not notice a failure.
  const failed = written.then(() => new Promise<never>(() => {}));
  failed.catch(() => {});
  const writer = gzip.writable.getWriter();
  writer.closed.catch(() => {});
  return {
    async take(bytes) {
      await Promise.race([writer.write(Uint8Array.from(bytes)), failed]);
    },
    async finish() {
      await Promise.all([writer.close(), written]);
      return await complete();
    },
    async abandon() {
      await writer.abort("abandoned").catch(() => {});
      await written.catch(() => {});
    },
  };
}
