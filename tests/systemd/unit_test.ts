import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseEnv } from "node:util";
import { readConfig } from "../../lib/config.ts";
import { parseDockerfile, parseExec, parsePairs } from "../image/dockerfile.ts";
import { ensureSystemd } from "./systemd_analyze.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const FOLDER = join(ROOT, "deploy", "systemd");
const INSTANCES = ["ingest", "store", "web"];
/** Where the unit finds Deno, which the machine of a test may have elsewhere. */
const DENO = "/usr/local/bin/deno";

function unit(): Promise<string> {
  return Deno.readTextFile(join(FOLDER, "spot-canvas@.service"));
}

/** All values of a key, in their order. */
function valuesOf(text: string, key: string): string[] {
  return Array.from(text.matchAll(/^(\w+)=(.*)$/gm))
    .filter(([, name]) => name === key)
    .map(([, , value = ""]) => value);
}

Deno.test("systemd - the unit is one that systemd reads without a complaint", async () => {
  const program = await ensureSystemd(() => {});
  const directory = await Deno.makeTempDir({ prefix: "spot-canvas-" });
  try {
    const path = join(directory, "spot-canvas@web.service");
    const complaints = async (text: string) => {
      await Deno.writeTextFile(path, text.replaceAll(DENO, Deno.execPath()));
      // Units of this machine are not of interest. What it does not know it names, and calls the unit good.
      const { stderr } = await new Deno.Command(program, {
        args: ["verify", "--recursive-errors=no", "--man=no", path],
      }).output();
      return new TextDecoder().decode(stderr);
    };
    const text = await unit();
    assert.equal(await complaints(text), "");
    assert.match(await complaints(text.replace("ProtectClock=", "ProtectClok=")), /ProtectClok/);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("systemd - the server has the flags, permissions and environment that the image gives it", async () => {
  const text = await unit();
  const image = parseDockerfile(await Deno.readTextFile(join(ROOT, "Dockerfile"))).at(-1);
  const of = (keyword: string) =>
    image?.instructions.filter((each) => each.keyword === keyword).map((each) => each.text) ?? [];
  const [entrypoint = "[]"] = of("ENTRYPOINT");
  const [cmd = "[]"] = of("CMD");
  const [, ...args] = [...parseExec(entrypoint), ...parseExec(cmd)];
  assert.ok(args.length > 5);
  assert.deepEqual(valuesOf(text, "ExecStart"), [[DENO, ...args].join(" ")]);
  assert.deepEqual(valuesOf(text, "WorkingDirectory"), of("WORKDIR"));
  const { PORT: _, ...given } = parsePairs(of("ENV").join(" "));
  const set = parsePairs(valuesOf(text, "Environment").join(" "));
  assert.ok(Object.keys(given).length > 3);
  assert.deepEqual(set, { ...given, HOST: "127.0.0.1" });
});

Deno.test("systemd - a process is started again, stopped in time, and may do little", async () => {
  const text = await unit();
  const expected: Readonly<Record<string, string>> = {
    EnvironmentFile: "/etc/spot-canvas/%i.env",
    Restart: "always",
    KillSignal: "SIGTERM",
    TimeoutStopSec: "10",
    MemoryMax: "1G",
    DynamicUser: "yes",
    ProtectSystem: "strict",
    NoNewPrivileges: "yes",
    CapabilityBoundingSet: "",
  };
  for (const [key, value] of Object.entries(expected)) {
    assert.deepEqual(valuesOf(text, key), [value]);
  }
});

Deno.test("systemd - the example's processes share all roles and no port", async () => {
  const configs = await Promise.all(INSTANCES.map(async (name) => {
    const env = parseEnv(await Deno.readTextFile(join(FOLDER, `${name}.env`)));
    return readConfig({ EMBEDDED: "never", ...env });
  }));
  assert.deepEqual(configs.map(({ roles }) => [...roles]), INSTANCES.map((name) => [name]));
  assert.equal(new Set(configs.map(({ port }) => port)).size, INSTANCES.length);
});
