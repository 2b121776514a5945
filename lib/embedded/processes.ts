import { basename } from "node:path";
import { type Clock, systemClock } from "../time/clock.ts";
import { pause } from "../time/pause.ts";

const POLL_MS = 10;

/**
 * The processes that serve from a directory: its working directory is exactly that one and its
 * program is one of `programs`. So a process id that was recycled is never taken for a server.
 */
export async function processesServing(
  directory: string,
  programs: readonly string[],
): Promise<number[]> {
  const found: number[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const [cwd, program] = await Promise.all([link(name, "cwd"), link(name, "exe")]);
    if (cwd !== directory || program === null) continue;
    const file = basename(program.replace(/ \(deleted\)$/, ""));
    // The program of a server that runs through its own loader is the loader.
    if (programs.includes(file) || file.startsWith("ld-linux")) found.push(Number(name));
  }
  return found;
}

/**
 * Stops servers that an earlier process left running in a directory: by `signal` first, then by
 * killing them. Returns whether there were any.
 */
export async function stopLeftovers(
  directory: string,
  programs: readonly string[],
  stopSignal: Deno.Signal,
  timeoutMs: number,
  clock: Clock = systemClock,
): Promise<boolean> {
  let left = await processesServing(directory, programs);
  if (left.length === 0) return false;
  const deadlineMs = clock.now() + timeoutMs;
  signalAll(await withoutChildren(left), stopSignal);
  while (left.length > 0) {
    if (clock.now() > deadlineMs) signalAll(left, "SIGKILL");
    await pause(POLL_MS, undefined, clock);
    left = await processesServing(directory, programs);
  }
  return true;
}

/** Sends a signal to processes, ignoring those that have ended. */
export function signalAll(pids: readonly number[], signal: Deno.Signal): void {
  for (const pid of pids) {
    try {
      Deno.kill(pid, signal);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound) && !isNoSuchProcess(error)) throw error;
    }
  }
}

async function withoutChildren(pids: readonly number[]): Promise<number[]> {
  const parents = await Promise.all(pids.map(parentOf));
  return pids.filter((_, i) => !pids.includes(parents[i] ?? 0));
}

async function parentOf(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`).catch(() => "");
  return Number(/^PPid:\s+(\d+)/m.exec(status)?.[1] ?? 0);
}

async function link(pid: string, name: string): Promise<string | null> {
  return await Deno.readLink(`/proc/${pid}/${name}`).catch(() => null);
}

function isNoSuchProcess(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ESRCH";
}
