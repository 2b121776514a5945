import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { answerStream } from "../lib/api/stream_answer.ts";
import { ClosedLog } from "./closed_log.ts";
import { BTC, logOf, minute, withHub } from "./hub_set_up.ts";
import { timely } from "./harness/wait.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const CONFIG = `${ROOT}deno.json`;

/**
 * Each document's TypeScript: what it follows with, where it looks for the server, and what it prints of a closed candle.
 */
const EXAMPLES = [
  {
    path: "README.md",
    uses: "followCandles(",
    server: '"http://localhost:8000"',
    prints: /^BTC-USD [\d.]+ exact$/m,
  },
  {
    path: "docs/stream.md",
    uses: "new EventSource(",
    server: '"/stream?',
    prints: /^1704585600 [\d.]+ closed$/m,
  },
] as const;

async function scriptOf({ path, uses }: typeof EXAMPLES[number]): Promise<string> {
  const text = await Deno.readTextFile(ROOT + path);
  const blocks = [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => code);
  const scripts = blocks.filter((code) => code.includes(uses));
  assert.equal(scripts.length, 1, `${path} has one example of ${uses}`);
  return scripts[0] ?? "";
}

async function withScript(code: string, use: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "spot-canvas-example-" });
  try {
    const path = `${folder}/example.ts`;
    for (const file of ["client.js", "client.d.ts"]) {
      await Deno.copyFile(`${ROOT}static/${file}`, `${folder}/${file}`);
    }
    await Deno.writeTextFile(path, code);
    await use(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

for (const example of EXAMPLES) {
  const { path, server, prints } = example;
  Deno.test(`stream examples - the example in ${path} has no type errors`, async () => {
    await withScript(await scriptOf(example), async (script) => {
      const command = new Deno.Command(Deno.execPath(), {
        args: ["check", "--quiet", "--config", CONFIG, script],
        env: { NO_COLOR: "1" },
      });
      const { success, stderr } = await command.output();
      assert.ok(success, new TextDecoder().decode(stderr));
    });
  });

  Deno.test(`stream examples - the example in ${path} prints the candles of a stream`, async () => {
    const log = logOf(new ClosedLog(), 1);
    await withHub(log, async (hub) => {
      const services = {
        streams: hub,
        catalogue: { loaded: true, ids: () => [BTC], has: () => true },
        config: { corsOrigins: [] },
      };
      await using http = Deno.serve(
        { port: 0, hostname: "127.0.0.1", onListen: () => {} },
        (request) => answerStream(services, request, new URL(request.url), "127.0.0.1"),
      );
      const url = `http://127.0.0.1:${http.addr.port}`;
      const code = (await scriptOf(example)).replace(
        server,
        server.replace(/http[^"]*|(?=\/)/, url),
      );
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

Deno.test("stream examples - the types in documents and modules have exactly the keys of a candle on the wire", async () => {
  const { key: _, bytes } = new ClosedLog().live(minute(0));
  const onWire = Object.keys(JSON.parse(new TextDecoder().decode(bytes))).sort();
  for (const path of ["docs/stream.md", "static/client.d.ts", "static/spot-chart.d.ts"]) {
    const text = await Deno.readTextFile(ROOT + path);
    const [type = ""] = /^(export )?interface (SpotChart)?Candle \{.*?^\}/ms.exec(text) ?? [];
    const keys = [...type.matchAll(/readonly (\w+):/g)].map(([, key = ""]) => key).sort();
    assert.deepEqual(keys, onWire, path);
  }
});
