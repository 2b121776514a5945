import assert from "node:assert/strict";
import { productId } from "../candles/product.ts";
import { FakeClock } from "../time/fake_clock.ts";
import { ProblemLog } from "./problem_log.ts";

Deno.test("problem log - an exchange that is down is one warning a minute, however many products wait for it", async () => {
  const lines: string[] = [];
  const clock = new FakeClock();
  const write = (level: string) => (_: unknown, properties: unknown) => {
    const { productId, heldBack = 0 } = Object(properties);
    lines.push(`${level} ${productId} ${heldBack}`);
  };
  const problems = new ProblemLog({ warn: write("warn"), debug: write("debug") }, clock);
  const away = new Error("network");
  for (const id of ["BTC-USD", "ETH-USD", "SOL-USD"]) problems.report(productId(id), "later", away);
  await clock.pass(60_000);
  problems.report(productId("BTC-USD"), "later", away);
  assert.deepEqual(lines, [
    "warn BTC-USD 0",
    "debug ETH-USD 0",
    "debug SOL-USD 0",
    "warn BTC-USD 2",
  ]);
});

Deno.test("problem log - what is given up because the process stops is not a warning", () => {
  const problems = new ProblemLog({
    warn: () => assert.fail("a warning"),
    debug: () => {},
  });
  problems.report(productId("BTC-USD"), "later", new DOMException("stopped", "AbortError"));
});
