import assert from "node:assert/strict";
import { addCounts, readCounts, readFailures, summaryLine } from "./test_summary.ts";

Deno.test("test summary - the counts are those of deno test's last summary", () => {
  const output = "ok | 1 passed | 0 failed (1ms)\n\nFAILED | 12 passed (3 steps) | 2 failed " +
    "(1 step) | 4 ignored | 5 filtered out (1s)\n\nerror: Test failed\n";
  assert.deepEqual(readCounts(output, 1), { passed: 12, failed: 2, skipped: 4 });
  assert.deepEqual(readCounts("ok | 3 passed | 0 failed (1ms)\n", 0), {
    passed: 3,
    failed: 0,
    skipped: 0,
  });
});

Deno.test("test summary - colours do not hide a summary", () => {
  const output = "\x1b[0m\x1b[32mok\x1b[0m | 3 passed | 0 failed \x1b[0m\x1b[38;5;245m(1ms)\x1b[0m";
  assert.equal(readCounts(output, 0).passed, 3);
});

Deno.test("test summary - a run that ends badly has a failure even if it counted none", () => {
  assert.equal(readCounts("", 1).failed, 1);
  assert.equal(readCounts("ok | 3 passed | 0 failed (1ms)", 139).failed, 1);
  assert.equal(readCounts("FAILED | 3 passed | 2 failed (1ms)", 1).failed, 2);
});

Deno.test("test summary - what a test prints is not taken for the summary", () => {
  assert.equal(readCounts("  text: ok | 99 passed | 0 failed\nno summary", 0).passed, 0);
});

Deno.test("test summary - several runs add up to one line, which names skipped tests only if there are any", () => {
  const sum = addCounts({ passed: 1, failed: 0, skipped: 0 }, { passed: 2, failed: 3, skipped: 0 });
  assert.equal(summaryLine(sum), "3 passed, 3 failed");
  assert.equal(summaryLine({ ...sum, skipped: 1 }), "3 passed, 3 failed, 1 skipped");
});

Deno.test("test summary - failures are the last list of errors, otherwise the last lines, and null for a good run", () => {
  const output =
    "one ... ok (1ms)\n\n\x1b[1m ERRORS \x1b[0m\n\ntwo => ./a_test.ts:1:2\nerror: Error: no\n\n" +
    " FAILURES \n\ntwo => ./a_test.ts:1:2\n\nFAILED | 1 passed | 1 failed (1ms)\n\nerror: Test failed\n";
  const expected =
    "ERRORS \n\ntwo => ./a_test.ts:1:2\nerror: Error: no\n\n FAILURES \n\ntwo => ./a_test.ts:1:2";
  assert.equal(readFailures(output, 1), expected);
  assert.equal(readFailures(output, 0), null);
  const lines = Array.from({ length: 50 }, (_, i) => `line ${i}`);
  assert.equal(readFailures(lines.join("\n"), 137), lines.slice(10).join("\n"));
});
