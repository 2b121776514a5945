import { Latencies, SseLoad } from "../sse_load.ts";
import { PATH, StreamProcess } from "./process.ts";

/** Delivery times of one slice, microseconds from message to client. */
export interface SliceLatencies {
  readonly p50: number;
  readonly p99: number;
}

/** One server and the clients of its streams; what is measured of it comes in short slices. */
export class MeasuredServer {
  readonly load = new SseLoad();

  private constructor(readonly server: StreamProcess) {}

  static async start(kind: "hub" | "bare"): Promise<MeasuredServer> {
    return new MeasuredServer(await StreamProcess.start(kind));
  }

  async stop(): Promise<void> {
    this.load.close();
    await this.server.stop();
  }

  /** Opens clients; answers with connects per second. */
  async connect(clients: number): Promise<number> {
    const beganMs = performance.now();
    await this.load.open(this.server.ports.http, PATH, clients);
    return clients / (performance.now() - beganMs) * 1000;
  }

  /** Publishes `burst` messages, waits until every client has them, and repeats; answers with the events delivered. */
  async closedLoop(burst: number, ms: number): Promise<number> {
    const { load, server } = this;
    const first = load.events;
    const endMs = performance.now() + ms;
    while (performance.now() < endMs) {
      const wanted = load.events + burst * load.size;
      await server.publish(burst);
      await load.received(wanted);
    }
    return load.events - first;
  }

  /** Events delivered per second of the server's CPU. */
  async efficiency(burst: number, ms: number): Promise<number> {
    const before = await this.server.usage();
    const events = await this.closedLoop(burst, ms);
    const after = await this.server.usage();
    return events / (after.cpuSeconds - before.cpuSeconds);
  }

  /** Delivery times at a steady rate of messages. */
  async latencies(perSecond: number, ms: number): Promise<SliceLatencies> {
    const { load, server } = this;
    const times = load.latencies = new Latencies();
    const count = Math.round(perSecond * ms / 1000);
    const wanted = load.events + load.size * count;
    const beganMs = performance.now();
    for (let sent = 0; sent < count; sent++) {
      const waitMs = beganMs + sent * 1000 / perSecond - performance.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      await server.publish(1);
    }
    await load.received(wanted);
    load.latencies = null;
    return { p50: times.quantile(0.5), p99: times.quantile(0.99) };
  }
}

/**
 * Measures each server in turn, slice by slice, so that whatever else the machine does affects all
 * of them equally. Answers with each one's slices.
 */
export async function inTurn<T>(
  servers: readonly MeasuredServer[],
  slices: number,
  measure: (server: MeasuredServer) => Promise<T>,
): Promise<T[][]> {
  const all = servers.map((): T[] => []);
  for (let slice = 0; slice < slices; slice++) {
    for (const [at, server] of servers.entries()) all[at]?.push(await measure(server));
  }
  return all;
}
