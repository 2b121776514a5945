import assert from "node:assert/strict";
import { timely, until, within } from "./wait.ts";

const SOON = 20;
const never = new Promise<never>(() => {});

Deno.test("wait - an error names what did not come", async () => {
  const named = /waited for the thing without success: not within 0.02 s/;
  await assert.rejects(until("the thing", () => false, { timeoutMs: SOON, everyMs: 1 }), named);
  await assert.rejects(within("the thing", never, SOON), named);
  let ended = false;
  const stuck = async function* () {
    try {
      yield 1;
      await never;
    } finally {
      ended = true;
    }
  };
  const seen: number[] = [];
  await assert.rejects(async () => {
    for await (const item of timely("the thing", stuck(), SOON)) seen.push(item);
  }, named);
  assert.deepEqual([seen, ended], [[1], false]);
});

Deno.test("wait - what comes in time is passed on, the end and an early one included", async () => {
  assert.equal(await within("it", Promise.resolve(7)), 7);
  await assert.rejects(within("it", Promise.reject(new Error("broken"))), /broken/);
  let ended = 0;
  const three = async function* () {
    try {
      yield* [1, 2, 3];
    } finally {
      ended++;
    }
  };
  assert.deepEqual(await Array.fromAsync(timely("it", three())), [1, 2, 3]);
  for await (const item of timely("it", three())) if (item === 2) break;
  assert.equal(ended, 2);
});

Deno.test("deadline - a test that never ends fails under its name, and the others still run", async () => {
  const folder = await Deno.makeTempDir({ prefix: "spot-canvas-deadline-" });
  try {
    const file = `${folder}/stuck_test.ts`;
    await Deno.writeTextFile(
      file,
      `Deno.test("wait - is stuck", { timeout: 50 }, () => new Promise(() => setInterval(() => {}, 10)));
      Deno.test({ name: "wait - is busy", timeout: 50, fn() { for (;;); } });
      Deno.test("wait - is well", () => {});
      Deno.test(function isNamed() {});`,
    );
    const preload = new URL("deadline.ts", import.meta.url).pathname;
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "--no-check", "--preload", preload, file],
      env: { NO_COLOR: "1" },
    }).output();
    const text = new TextDecoder().decode(stdout);
    assert.equal(code, 1);
    assert.match(text, /is stuck \.\.\. FAILED/);
    assert.match(text, /is busy \.\.\. FAILED/);
    assert.match(text, /2 passed \| 2 failed/);
    assert.match(text, /is stuck => .*stuck_test\.ts:1:/, "reported where it stands");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
