import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const TSC = new URL("bin/tsc", `${new URL(".", import.meta.resolve("typescript"))}../`).pathname;
const SHARED = ["client.d.ts", "spot-chart.d.ts", "adapters/rs-charts.d.ts"];
const OPTIONS = ["--noEmit", "--strict", "--target", "es2022", "--module", "esnext"]
  .concat(["--moduleResolution", "bundler", "--lib", "es2022,dom"]);

/**
 * What TypeScript itself, as other people's projects have it, reports of a program beside the
 * served types.
 */
async function complaints(code: string): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "spot-canvas-tsc-" });
  try {
    await Deno.mkdir(`${folder}/adapters`);
    for (const file of SHARED) await Deno.copyFile(`${ROOT}static/${file}`, `${folder}/${file}`);
    await Deno.writeTextFile(`${folder}/page.ts`, code);
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", TSC, ...OPTIONS, "page.ts"],
      cwd: folder,
      env: { NO_COLOR: "1" },
    }).output();
    return new TextDecoder().decode(stdout);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function exampleIn(path: string, with_: string): Promise<string> {
  const text = await Deno.readTextFile(ROOT + path);
  const blocks = [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => code);
  const example = blocks.find((code) => code.includes(with_));
  assert.ok(example, `${path} has an example with ${with_}`);
  return example;
}

for (
  const [path, with_] of [["docs/embedding.md", "spot-chart.d.ts"], [
    "README.md",
    "client.js",
  ]] as const
) {
  Deno.test(`tsc - the example in ${path} compiles with the types beside it`, async () => {
    assert.equal(await complaints(await exampleIn(path, with_)), "");
  });
}

Deno.test("tsc - types are checked: an unknown field, state or method is refused", async () => {
  const output = await complaints(`
    import { followCandles } from "./client.js";
    import { LiveCandleSubscription } from "./adapters/rs-charts.js";
    import "./spot-chart.js";
    new LiveCandleSubscription().dispose();
    new LiveCandleSubscription().nothing();
    followCandles({ products: "*", granularities: "*", onCandle: ({ price }) => price });
    document.querySelector("spot-chart")?.addEventListener("statechange", ({ detail }) => detail.state === "gone");
  `);
  const wrong = [...output.matchAll(/^page\.ts\((\d+),/gm)].map(([, line]) => line);
  assert.deepEqual(wrong, ["6", "7", "8"], output);
});
