import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findProgram } from "../../lib/embedded/command.ts";
import type { Progress } from "../../lib/embedded/progress.ts";
import { ensureDebianProgram } from "../harness/debian_install.ts";
import { type Daemon, freePort, startDaemon } from "../harness/daemon.ts";

/** The proxies that Spot Canvas ships a configuration for. */
export type ProxyName = "caddy" | "nginx";

/** A proxy as Debian packages it, with the configuration that is shipped. Its owner stops it. */
export interface ShippedProxy extends Daemon {
  readonly url: string;
}

const DEPLOY = fileURLToPath(new URL("../../deploy/proxy/", import.meta.url));
const SITE = "candles.example.com";
const UPSTREAM = "127.0.0.1:8000";
const PACKAGES: Readonly<Record<ProxyName, string>> = { caddy: "caddy", nginx: "nginx-light" };

/** The proxy's program; installs Debian's as root. */
export function ensureProxy(name: ProxyName, progress: Progress): Promise<string> {
  return ensureDebianProgram({
    title: name,
    packageName: PACKAGES[name],
    help: `install Debian's ${PACKAGES[name]}`,
    find: async () => await findProgram(name) ?? await findProgram(`/usr/sbin/${name}`),
  }, progress);
}

/**
 * Starts one on a separate port in front of an application, with nothing of the shipped file
 * changed but addresses.
 */
export async function startShippedProxy(
  name: ProxyName,
  appPort: number,
): Promise<ShippedProxy> {
  const program = await ensureProxy(name, () => {});
  const port = freePort();
  const daemon = await startDaemon({
    title: name,
    user: "www-data",
    stopSignal: "SIGTERM",
    port,
    prepare: (directory) => PREPARE[name](directory, program, port, appPort),
  });
  return { ...daemon, url: `http://127.0.0.1:${port}` };
}

type Prepare = (
  directory: string,
  program: string,
  port: number,
  appPort: number,
) => Promise<readonly string[]>;

const PREPARE: Readonly<Record<ProxyName, Prepare>> = {
  async caddy(directory, program, port, appPort) {
    const path = join(directory, "Caddyfile");
    await substitute("Caddyfile", path, {
      // The first block has the options of the whole program; two proxies cannot share its port for orders.
      "\n{\n": "\n{\n\tadmin off\n",
      [`\n${SITE} {\n`]: `\nhttp://127.0.0.1:${port} {\n`,
      [UPSTREAM]: `127.0.0.1:${appPort}`,
    });
    const data = ["HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"].map((each) => `${each}=${directory}`);
    return ["env", ...data, program, "run", "--adapter", "caddyfile", "--config", path];
  },
  async nginx(directory, program, port, appPort) {
    const site = join(directory, "spot_canvas.conf");
    await substitute("nginx.conf", site, {
      "    listen 80;\n": `    listen 127.0.0.1:${port};\n`,
      [`    server_name ${SITE};\n`]: "    server_name 127.0.0.1;\n",
      [`server ${UPSTREAM};`]: `server 127.0.0.1:${appPort};`,
    });
    const main = join(directory, "main.conf");
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
      .map((kind) => `${kind}_temp_path ${directory}/${kind};`);
    await Deno.writeTextFile(
      main,
      [
        "daemon off;",
        `pid ${directory}/nginx.pid;`,
        "worker_processes 1;",
        "events {}",
        "http {",
        "access_log off;",
        ...temporary,
        `include ${site};`,
        "}",
        "",
      ].join("\n"),
    );
    return [program, "-e", "stderr", "-p", directory, "-c", main];
  },
};

/** Copies a shipped file with some texts replaced, each of which must be there exactly once. */
async function substitute(
  shipped: string,
  path: string,
  replacements: Readonly<Record<string, string>>,
): Promise<void> {
  let text = await Deno.readTextFile(join(DEPLOY, shipped));
  for (const [old, replacement] of Object.entries(replacements)) {
    const count = text.split(old).length - 1;
    if (count !== 1) throw new Error(`${shipped} has ${JSON.stringify(old)} ${count} times`);
    text = text.replace(old, () => replacement);
  }
  await Deno.writeTextFile(path, text);
}
