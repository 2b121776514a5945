import { type Clock, systemClock } from "../time/clock.ts";

/** The prefix of the name of every embedded nats-server. */
export const NATS_NAME = "spot-canvas-";

/**
 * Whether the server on a port of 127.0.0.1 greets with a name that begins with `prefix`. A nats-server greets when
 * JetStream is up; another server on that port may reset the connection or send nothing for `timeoutMs`.
 */
export async function greets(
  name: string,
  port: number,
  timeoutMs: number,
  clock: Pick<Clock, "after"> = systemClock,
): Promise<boolean> {
  try {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port });
    const cancel = clock.after(timeoutMs, () => connection.close());
    try {
      const buffer = new Uint8Array(4096);
      const length = await connection.read(buffer);
      return new TextDecoder().decode(buffer.subarray(0, length ?? 0)).includes(`"${name}`);
    } finally {
      cancel();
    }
  } catch {
    return false;
  }
}
