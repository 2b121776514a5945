import assert from "node:assert/strict";
import { configureLog, logger } from "../log.ts";
import { FakeClock } from "../time/fake_clock.ts";
import { untilDone } from "./until_done.ts";

Deno.test("until done - work that fails for an hour is retried, logged once, and done in the end", async () => {
  const lines: string[] = [];
  configureLog({ level: "info", format: "human", write: (line) => void lines.push(line) });
  try {
    const clock = new FakeClock();
    const since = clock.now();
    let tries = 0;
    const done = untilDone("Storing products", () => {
      tries++;
      return clock.now() - since < 3_600_000
        ? Promise.reject(new Error("no database"))
        : Promise.resolve();
    }, { log: logger("test"), signal: new AbortController().signal, clock });
    await clock.pass(3_700_000);
    assert.equal(await done, true);
    assert.ok(tries > 50 && tries < 80, `${tries}`);
    assert.equal(lines.length, 2);
    assert.match(lines[0] ?? "", /Storing products failed and is retried/);
    assert.match(lines[1] ?? "", /Storing products works again/);
  } finally {
    configureLog({ level: "error", write: () => {} });
  }
});

Deno.test("until done - an abort ends the waiting and is not a failure", async () => {
  const stop = new AbortController();
  const clock = new FakeClock();
  const done = untilDone("x", () => Promise.reject(new Error("never")), {
    log: logger("test"),
    signal: stop.signal,
    clock,
  });
  await clock.pass(10);
  stop.abort();
  assert.equal(await done, false);
});
