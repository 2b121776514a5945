import { join } from "node:path";

const V1 = "/sys/fs/cgroup/memory";
const V2 = "/sys/fs/cgroup";
/** How often resident memory is read where the kernel does not enforce the limit. */
const LOOK_EVERY_MS = 25;

/**
 * A limit on one process' memory: a separate control group where we may make one, so that the
 * kernel ends what exceeds it as it does in a container; else its resident memory is read forty
 * times a second, and it is killed above the limit. Its owner closes it, after the process has
 * ended.
 */
export class MemoryLimit {
  #watching: ReturnType<typeof setInterval> | undefined;

  private constructor(
    readonly bytes: number,
    /** Null without control groups. */
    private readonly group: string | null,
  ) {}

  static async open(bytes: number): Promise<MemoryLimit> {
    const name = `spot-canvas-abuse-${Deno.pid}`;
    for (const [root, file] of [[V1, "memory.limit_in_bytes"], [V2, "memory.max"]] as const) {
      const group = join(root, name);
      try {
        await Deno.mkdir(group);
        await Deno.writeTextFile(join(group, file), `${bytes}`);
        return new MemoryLimit(bytes, group);
      } catch {
        await Deno.remove(group).catch(() => {});
      }
    }
    return new MemoryLimit(bytes, null);
  }

  /** How the limit is enforced, for people. */
  get means(): string {
    return this.group === null ? "watched, killed above it" : "control group";
  }

  /** The wrapper to start a command with, so that all of its memory counts. */
  get wrapper(): readonly string[] {
    if (this.group === null) return [];
    return ["sh", "-c", `echo $$ > ${this.group}/cgroup.procs && exec "$@"`, "sh"];
  }

  /** Kills a process as soon as it exceeds the limit, where the kernel does not. */
  watch(pid: number): void {
    clearInterval(this.#watching);
    if (this.group !== null) return;
    this.#watching = setInterval(() => {
      if (residentSync(pid) > this.bytes) Deno.kill(pid, "SIGKILL");
    }, LOOK_EVERY_MS);
  }

  async close(): Promise<void> {
    clearInterval(this.#watching);
    if (this.group !== null) await Deno.remove(this.group);
  }
}

function residentSync(pid: number): number {
  try {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
