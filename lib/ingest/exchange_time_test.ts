import assert from "node:assert/strict";
import { ExchangeTime } from "./exchange_time.ts";

const NOW = Date.UTC(2026, 3, 7, 12);

Deno.test("exchange time - one message from the far future is not accepted, and changes nothing for those after it", () => {
  const time = new ExchangeTime();
  assert.ok(time.accepts(NOW));
  assert.equal(time.accepts(NOW + 3_600_000), false);
  assert.ok(time.accepts(NOW + 1000));
  assert.equal(
    time.accepts(NOW + 3_600_000),
    false,
    "an honest message in between starts the count again",
  );
  assert.equal(time.accepts(NOW + 3_600_250), false);
});

Deno.test("exchange time - a leap that several messages in a row agree on is accepted", () => {
  const time = new ExchangeTime();
  assert.ok(time.accepts(NOW));
  const woken = NOW + 8 * 3_600_000;
  assert.deepEqual([0, 250, 500, 750].map((ms) => time.accepts(woken + ms)), [
    false,
    false,
    true,
    true,
  ]);
});

Deno.test("exchange time - messages from the past are accepted, since they move nothing", () => {
  const time = new ExchangeTime();
  assert.ok(time.accepts(NOW));
  assert.ok(time.accepts(NOW - 86_400_000));
  assert.ok(time.accepts(NOW + 59_000));
});
