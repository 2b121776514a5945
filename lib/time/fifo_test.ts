import assert from "node:assert/strict";
import fc from "fast-check";
import { Fifo } from "./fifo.ts";

/** What is not part of the server, and a body's one or two chunks. */
const BOUNDED = /\/lib\/(client|probe|exchange_simulator)\/|\/http\/unread_bodies\.ts$/;

interface Numbered {
  readonly nth: number;
}

Deno.test("fifo - takes and shows what an array would, whatever is added, taken, looked at and cleared", () => {
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ kind: fc.constant("add"), count: fc.nat(200) }) },
    { weight: 5, arbitrary: fc.record({ kind: fc.constant("take"), count: fc.nat(200) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("clear"), count: fc.constant(1) }) },
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
    const fifo = new Fifo<Numbered>();
    let model: Numbered[] = [];
    let nth = 0;
    for (const { kind, count } of steps) {
      for (let time = 0; time < count; time++) {
        if (kind === "add") {
          const item = { nth: nth++ };
          fifo.add(item);
          model.push(item);
        } else if (kind === "take") {
          assert.equal(fifo.take(), model[0] ?? null);
          model = model.slice(1);
        } else {
          fifo.clear();
          model = [];
        }
        assert.equal(fifo.length, model.length);
        assert.equal(fifo.first, model[0] ?? null);
      }
      assert.deepEqual(fifo.peek(70), model.slice(0, 70));
    }
  }));
});

Deno.test("fifo - no queue of the application is an array whose front is cut off for each item", async () => {
  const shifting: string[] = [];
  let files = 0;
  for await (const { path, text } of modulesIn(new URL("../", import.meta.url))) {
    files++;
    if (/\.(un)?shift\(/.test(text) && !BOUNDED.test(path)) shifting.push(path);
  }
  assert.ok(files > 200, `only ${files} files found`);
  assert.deepEqual(shifting, []);
});

async function* modulesIn(folder: URL): AsyncIterable<{ path: string; text: string }> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const url = new URL(isDirectory ? `${name}/` : name, folder);
    if (isDirectory) yield* modulesIn(url);
    else if (/\.tsx?$/.test(name) && !/_test\.ts$/.test(name)) {
      yield { path: url.pathname, text: await Deno.readTextFile(url) };
    }
  }
}
