import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { answerStream } from "../lib/api/stream_answer.ts";
import { ClosedLog } from "./closed_log.ts";
import { BTC, logOf, minute, withHub } from "./hub_set_up.ts";
import { timely } from "./harness/wait.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const CONFIG = `${ROOT}deno.json`;

/** Each document's TypeScript, with where it looks for the server, and what it prints of a closed candle. */
const EXAMPLES = [
  { path: "README.md", server: '"http://localhost:8000"', prints: /^BTC-USD [\d.]+ exact$/m },
  { path: "docs/stream.md", server: '"/stream?', prints: /^1704585600 [\d.]+ closed$/m },
] as const;

async function scriptOf(path: string): Promise<string> {
  const text = await Deno.readTextFile(ROOT + path);
  const blocks = [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => code);
  const scripts = blocks.filter((code) => code.includes("new EventSource("));
  assert.equal(scripts.length, 1, `${path} has one example of an EventSource`);
  return scripts[0] ?? "";
}

async function withScript(code: string, use: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "spot-canvas-example-" });
  try {
    const path = `${folder}/example.ts`;
    await Deno.writeTextFile(path, code);
    await use(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

for (const { path, server, prints } of EXAMPLES) {
  Deno.test(`the example in ${path} has no type errors`, async () => {
    await withScript(await scriptOf(path), async (script) => {
      const command = new Deno.Command(Deno.execPath(), {
        args: ["check", "--quiet", "--config", CONFIG, script],
        env: { NO_COLOR: "1" },
      });
      const { success, stderr } = await command.output();
      assert.ok(success, new TextDecoder().decode(stderr));
    });
  });

  Deno.test(`the example in ${path} prints the candles of a stream`, async () => {
    const log = logOf(new ClosedLog(), 1);
    await withHub(log, async (hub) => {
      const services = {
        hub,
        catalogue: { loaded: true, ids: () => [BTC], has: () => true },
        config: { corsOrigins: [], trustProxy: false },
      };
      await using http = Deno.serve(
        { port: 0, hostname: "127.0.0.1", onListen: () => {} },
        (request) => answerStream(services, request, new URL(request.url), "127.0.0.1"),
      );
      const url = `http://127.0.0.1:${http.addr.port}`;
      const code = (await scriptOf(path)).replace(server, server.replace(/http[^"]*|(?=\/)/, url));
      await withScript(`import { EventSource } from "eventsource";\n${code}`, async (script) => {
        const child = new Deno.Command(Deno.execPath(), {
          args: ["run", "-A", "--no-check", "--config", CONFIG, script],
          env: { NO_COLOR: "1" },
          stdout: "piped",
        }).spawn();
        let printed = "";
        const output = child.stdout.pipeThrough(new TextDecoderStream());
        for await (const bytes of timely(`${prints}`, output)) {
          printed += bytes;
          if (prints.test(printed)) break;
        }
        assert.match(printed, prints);
        child.kill();
        await child.status;
      });
      await hub.close();
    });
  });
}

Deno.test("the types in the documents have exactly the keys of a candle on the wire", async () => {
  const { key: _, bytes } = new ClosedLog().live(minute(0));
  const onWire = Object.keys(JSON.parse(new TextDecoder().decode(bytes))).sort();
  for (const { path } of EXAMPLES) {
    const [type = ""] = /^interface Candle \{.*?^\}/ms.exec(await scriptOf(path)) ?? [];
    const keys = [...type.matchAll(/readonly (\w+):/g)].map(([, key = ""]) => key).sort();
    assert.deepEqual(keys, onWire);
  }
});
