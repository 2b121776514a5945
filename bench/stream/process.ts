import process from "node:process";
import { fileURLToPath } from "node:url";
import { runtimeEnv, v8Arguments } from "../../tasks/v8_flags.ts";
import { nowUs, TIME_DIGITS } from "../sse_load.ts";
import type { BenchServerPorts, BenchServerUsage } from "./server.ts";

/** The path that every stream of the benches requests. */
export const PATH = "/stream?products=BTC-USD&granularities=ONE_MINUTE";

const CANDLE = '"product_id":"BTC-USD","granularity":"ONE_MINUTE","timestamp":1753000020,' +
  '"open":118204.11,"high":118251.9,"low":118190.02,"close":118240.55,"volume":12.48312207,' +
  '"exact":false,"revision":0';

/** `bench/stream/server.ts` in a separate process, on the first core. Its starter stops it. */
export class StreamProcess {
  readonly #child: Deno.ChildProcess;
  readonly #messages: Deno.TcpConn;

  private constructor(
    child: Deno.ChildProcess,
    messages: Deno.TcpConn,
    readonly ports: BenchServerPorts,
  ) {
    this.#child = child;
    this.#messages = messages;
  }

  static async start(kind: "hub" | "bare"): Promise<StreamProcess> {
    const script = fileURLToPath(new URL("./server.ts", import.meta.url));
    // As the application is started, its V8 flags and what it sets for the runtime included.
    const args = ["run", "-A", "--no-check", ...v8Arguments(), script, kind];
    const [program = "", ...rest] = [...pinnedTo(0), Deno.execPath(), ...args];
    const child = new Deno.Command(program, {
      args: rest,
      env: runtimeEnv(),
      stdout: "piped",
    }).spawn();
    const reader = child.stdout.getReader();
    const { value } = await reader.read();
    reader.releaseLock();
    const ports: BenchServerPorts = JSON.parse(new TextDecoder().decode(value));
    const messages = await Deno.connect({ port: ports.messages, hostname: "127.0.0.1" });
    messages.setNoDelay(true);
    return new StreamProcess(child, messages, ports);
  }

  async usage(): Promise<BenchServerUsage> {
    return await (await fetch(`http://127.0.0.1:${this.ports.http}/usage`)).json();
  }

  /** Hands it this many live or closed candles in one call. */
  async publish(count: number, isComplete = false): Promise<void> {
    const sent = `${nowUs()}`.padStart(TIME_DIGITS, "0");
    const line = `{"sent":${sent},${CANDLE},"is_complete":${isComplete}}\n`;
    const bytes = new TextEncoder().encode(line.repeat(count));
    for (let at = 0; at < bytes.length;) at += await this.#messages.write(bytes.subarray(at));
  }

  async stop(): Promise<void> {
    this.#messages.close();
    this.#child.kill();
    await this.#child.stdout.cancel();
    await this.#child.status;
  }
}

/** Keeps this process, which is the load, off the server's core. */
export function moveToSecondCore(): void {
  taskset("-cp", "1", `${process.pid}`);
}

/** How to start a program on one core, or nothing where that is not possible. */
function pinnedTo(core: number): readonly string[] {
  return taskset("-c", `${core}`, "true") ? ["taskset", "-c", `${core}`] : [];
}

function taskset(...args: readonly string[]): boolean {
  try {
    return new Deno.Command("taskset", { args: [...args], stdout: "null", stderr: "null" })
      .outputSync().success;
  } catch {
    return false;
  }
}
