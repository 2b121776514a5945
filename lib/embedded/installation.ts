import { join } from "node:path";
import { pause } from "../time/pause.ts";
import { FileLock } from "./file_lock.ts";
import type { Progress } from "./progress.ts";

/** Where things are installed, shared by every process that is given the same `binDir`. */
export interface InstallOptions {
  readonly binDir: string;
  readonly progress: Progress;
  readonly signal?: AbortSignal;
}

/**
 * A directory of `binDir` that is either there and complete or not there at all.
 * `build` fills a staging directory and returns the part of it that becomes `{binDir}/{name}`;
 * one process builds, others wait for it, and what a killed one left is thrown away.
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

/** Removes a directory and all in it; one that is not there is fine. */
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
