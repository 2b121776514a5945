import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installNats } from "../../lib/embedded/nats_binary.ts";
import type { RestartableServer } from "../servers.ts";
import { freePort } from "./app_process.ts";
import { until } from "./wait.ts";

const BIN_DIR = fileURLToPath(new URL("../../.data/bin", import.meta.url));
const LOGIN = { user: "spot_canvas", password: crypto.randomUUID() } as const;

/**
 * Several nats-servers as operators run them: each a separate process, all with all streams'
 * copies.
 */
export class NatsCluster implements RestartableServer {
  private constructor(readonly nodes: readonly NatsNode[]) {}

  /** Starts `count` nodes that keep their files in `directory`. Its owner stops it with `kill`. */
  static async start(directory: string, count: number): Promise<NatsCluster> {
    const program = await installNats({ binDir: BIN_DIR, progress: () => {} });
    const ports = Array.from({ length: count }, () => ({
      client: freePort(),
      route: freePort(),
      monitor: freePort(),
    }));
    const routes = ports.map(({ route }) => `"nats://127.0.0.1:${route}"`).join(", ");
    const nodes: NatsNode[] = [];
    for (const [at, port] of ports.entries()) {
      const config = join(directory, `node-${at}.conf`);
      await Deno.writeTextFile(
        config,
        `server_name: node-${at}
listen: "127.0.0.1:${port.client}"
http: "127.0.0.1:${port.monitor}"
authorization { user: "${LOGIN.user}", password: "${LOGIN.password}" }
jetstream { store_dir: "${join(directory, `store-${at}`)}", max_file_store: 16GB }
cluster { name: spot_canvas, listen: "127.0.0.1:${port.route}", routes: [${routes}] }
`,
      );
      nodes.push(new NatsNode(program, config, port.client, port.monitor));
    }
    const cluster = new NatsCluster(nodes);
    await cluster.restart();
    return cluster;
  }

  /** All nodes, comma-separated. */
  get url(): string {
    return this.nodes.map(({ url }) => url).join(",");
  }

  get pid(): number {
    return this.nodes[0]?.pid ?? 0;
  }

  async kill(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.end("SIGKILL")));
  }

  async restart(): Promise<void> {
    for (const node of this.nodes) node.start();
    await Promise.all(this.nodes.map((node) => node.whenHealthy()));
  }
}

/** One nats-server of a cluster. */
export class NatsNode {
  #child: Deno.ChildProcess | null = null;

  constructor(
    private readonly program: string,
    private readonly config: string,
    private readonly port: number,
    private readonly monitorPort: number,
  ) {}

  get url(): string {
    return `nats://${LOGIN.user}:${LOGIN.password}@127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  start(): void {
    this.#child = new Deno.Command(this.program, {
      args: ["-c", this.config],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
  }

  /** Resolves when its copies of all streams are up to date: what an operator waits for before the next one. */
  async whenHealthy(): Promise<void> {
    await until("a healthy NATS node", async () => {
      const answer = await fetch(`http://127.0.0.1:${this.monitorPort}/healthz`).catch(() => null);
      await answer?.body?.cancel();
      return answer?.status === 200;
    }, { timeoutMs: 60_000 });
  }

  async end(signal: Deno.Signal): Promise<void> {
    const child = this.#child;
    this.#child = null;
    child?.kill(signal);
    await child?.status;
  }
}
