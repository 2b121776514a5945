import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

/** The builder's context, before `.dockerignore` is applied. */
export const CONTEXT = fileURLToPath(new URL("../..", import.meta.url));
/** The path of this Deno inside, where the image has nothing: it stands in for the base image's. */
export const DENO = "/opt/deno/deno";
/** Where the image that the build begins with keeps what it fetched. */
const DENO_DIR = "/deno-dir";
/** The base images' own. */
export const BASE_ENV = { PATH: "/opt/deno:/usr/bin:/bin", DENO_DIR } as const;
const DENO_INFO = z.object({ denoDir: z.string() });

/** What `RUN` lines find of this machine beside the system's programs, by where it is inside. */
export async function buildMounts(): Promise<Record<string, string>> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  const { denoDir } = DENO_INFO.parse(JSON.parse(new TextDecoder().decode(stdout)));
  await Deno.mkdir(denoDir, { recursive: true });
  return { [DENO]: Deno.execPath(), [DENO_DIR]: denoDir, ...await registrySettings() };
}

/** How this machine reaches the registry, for the image's build as well. */
export function machineEnv(): Record<string, string> {
  const kept =
    /^(npm_config_\w+|https?_proxy|no_proxy|DENO_(CERT|TLS_CA_STORE)|NODE_EXTRA_CA_CERTS|SSL_CERT_\w+)$/i;
  return Object.fromEntries(
    Object.entries(Deno.env.toObject()).filter(([name]) => kept.test(name)),
  );
}

async function registrySettings(): Promise<Record<string, string>> {
  const file = join(Deno.env.get("HOME") ?? "/root", ".npmrc");
  const info = await Deno.stat(file).catch(() => null);
  return info === null ? {} : { "/root/.npmrc": file };
}
