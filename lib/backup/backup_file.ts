import { basename, dirname, join } from "node:path";
import { BackupError, damaged } from "./backup_format.ts";

/** The name that stands for standard output or input. */
export const STANDARD = "-";

/** Where a backup's text is written, compressed. */
export interface BackupSink {
  take(bytes: Uint8Array): Promise<void>;
  /** Makes the file appear under its name, in the place of one that may be there; returns its size in bytes. */
  finish(): Promise<number>;
  /** Leaves no trace. Idempotent; does nothing after `finish`. */
  abandon(): Promise<void>;
}

/** Opens a file that has its name only when it is whole. Whoever opens it finishes or abandons it. */
export async function createBackupFile(path: string): Promise<BackupSink> {
  if (path === STANDARD) return sinkInto(Deno.stdout.writable, () => Promise.resolve(0));
  // Beside it, so that renaming is one step. Readable by its owner alone, since it has all that there is.
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

/** A backup's text. Breaking off closes the file. Throws a `BackupError` where it is no whole gzip. */
export async function* openBackupFile(path: string): AsyncGenerator<Uint8Array, void> {
  const compressed = path === STANDARD ? Deno.stdin.readable : (await Deno.open(path)).readable;
  try {
    yield* compressed.pipeThrough(new DecompressionStream("gzip"));
  } catch (cause) {
    throw cause instanceof TypeError ? damaged({ cause }) : cause;
  }
}

/** The path of a backup that is to be written, refused while it can be refused at once. */
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
  // A write that waits for room does not hear that there will be none.
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
