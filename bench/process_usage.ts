const TICKS_PER_SECOND = 100;

/** Processor time that a process has taken so far, in seconds; of one that has ended, 0. */
export async function cpuSeconds(pid: number): Promise<number> {
  const [, , , , , , , , , , , , , user = 0, system = 0] = await statOf(pid) ?? [];
  return (Number(user) + Number(system)) / TICKS_PER_SECOND;
}

/** Resident memory of a process, in bytes. */
export async function residentBytes(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? NaN) * 1024;
}

/** A process' children, their children and so on, without those of `except`. */
export async function descendants(pid: number, except: readonly number[]): Promise<number[]> {
  const children = new Map<number, number[]>();
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const parent = Number((await statOf(Number(name)))?.[3]);
    children.set(parent, [...children.get(parent) ?? [], Number(name)]);
  }
  const found: number[] = [];
  const ahead = [pid];
  for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
    for (const child of children.get(next) ?? []) {
      if (except.includes(child)) continue;
      found.push(child);
      ahead.push(child);
    }
  }
  return found;
}

/** `/proc/PID/stat`, split; the name, which may hold spaces, is left out of it. */
async function statOf(pid: number): Promise<string[] | null> {
  try {
    const text = await Deno.readTextFile(`/proc/${pid}/stat`);
    return ["", "", ...text.slice(text.lastIndexOf(")") + 2).split(" ")];
  } catch {
    return null;
  }
}
