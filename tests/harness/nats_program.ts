import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { unpackDebianPackages } from "../../lib/embedded/debian_package.ts";
import { installOnce } from "../../lib/embedded/installation.ts";
import { installNats } from "../../lib/embedded/nats_binary.ts";
import { newDirectory } from "../servers.ts";
import { freePort } from "./app_process.ts";
import { NatsNode } from "./nats_cluster.ts";

const BIN_DIR = fileURLToPath(new URL("../../.data/bin", import.meta.url));

/** A nats-server with the test's own configuration, which ends with the test. */
export interface ConfiguredNats extends AsyncDisposable {
  /** `127.0.0.1:4222`, to be logged in to as configured. */
  readonly host: string;
  /** Ends it and starts it again, with the same files and another configuration. */
  reconfigure(more: string): Promise<void>;
}

/** Starts one with these lines beside its ports and its directory; `program` is another server than ours. */
export async function configuredNats(more: string, program?: string): Promise<ConfiguredNats> {
  const directory = await newDirectory();
  const [port, monitor] = [freePort(), freePort()];
  const config = join(directory, "nats.conf");
  const path = program ?? await installNats({ binDir: BIN_DIR, progress: () => {} });
  const node = new NatsNode(path, config, port, monitor);
  const start = async (more: string) => {
    await Deno.writeTextFile(
      config,
      `listen: "127.0.0.1:${port}"\nhttp: "127.0.0.1:${monitor}"\n` +
        more.replaceAll("STORE", JSON.stringify(join(directory, "store"))) + "\n",
    );
    node.start();
    await node.whenHealthy();
  };
  await start(more);
  return {
    host: `127.0.0.1:${port}`,
    async reconfigure(more) {
      await node.end("SIGKILL");
      await start(more);
    },
    [Symbol.asyncDispose]: () => node.end("SIGKILL"),
  };
}

/** The nats-server of one Debian suite: bookworm has 2.9.10, trixie 2.10.27. */
export async function debianNats(suite: "bookworm" | "trixie"): Promise<string> {
  const name = `nats-server-of-${suite}`;
  const options = { binDir: BIN_DIR, progress: () => {} };
  const directory = await installOnce(name, options, async (staging) => {
    await unpackDebianPackages(suite, ["nats-server"], staging);
    return join(staging, "nats-server");
  });
  return join(directory, "usr/sbin/nats-server");
}
