import { join } from "node:path";
import { pause } from "../time/pause.ts";
import { FileLock } from "./file_lock.ts";
import type { Progress } from "./progress.ts";

/** Where programs are installed, shared by all processes with the same `binDir`. */
export interface InstallOptions {
  readonly binDir: string;
  readonly progress: Progress;
  readonly signal?: AbortSignal;
}

/**
 * Installs a directory into `binDir` atomically. `build` fills a staging directory and returns the
 * part of it that becomes `{binDir}/{name}`. One process builds while others wait for it, and what
 * a killed one left is removed.
 */
export async function installOnce(
  name: string,
  { binDir, progress, signal }: InstallOptions,
  build: (staging: string) => Promise<string>,
): Promise<string> {
  const target = join(binDir, name);
  if (await isDirectory(target)) return target;
  await Deno.mkdir(binDir, { recursive: true });
  using _lock = await FileLock.take(
    join(binDir, `${name}.lock`),
    () => progress(`${name}: waiting for another process that is installing it`),
    signal,
  );
  if (await isDirectory(target)) return target;
  const staging = join(binDir, `${name}.staging`);
  await removeTree(staging);
  await Deno.mkdir(staging, { mode: 0o755 });
  try {
    await Deno.rename(await build(staging), target);
  } finally {
    await removeTree(staging);
  }
  return target;
}

/** Whether there is a directory at `path`. */
export async function isDirectory(path: string): Promise<boolean> {
  return (await Deno.stat(path).catch(() => null))?.isDirectory ?? false;
}

/** Removes a directory and all in it, if it exists. */
export async function removeTree(path: string, attempts = 20): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    const notEmpty = error instanceof Error && "code" in error && error.code === "ENOTEMPTY";
    if (!notEmpty || attempts <= 1) throw error;
    // A download of a process that was killed may still be writing there.
    await pause(100);
    await removeTree(path, attempts - 1);
  }
}
