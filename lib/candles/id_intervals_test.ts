import assert from "node:assert/strict";
import fc from "fast-check";
import { IdIntervals } from "./id_intervals.ts";

const timeOf = (id: number) => 1_700_000_000_000 + id * 100;

Deno.test("id intervals - ids inserted in any order leave exactly the gaps that are missing", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 200 }), { minLength: 1 }), (ids) => {
      const held = new IdIntervals();
      for (const id of ids) assert.equal(held.insert(id, timeOf(id)), "new");
      for (const id of ids) assert.equal(held.insert(id, timeOf(id)), "seen");
      const sorted = ids.toSorted((a, b) => a - b);
      const missing: number[] = [];
      for (let id = sorted[0] ?? 0; id < (sorted[sorted.length - 1] ?? 0); id++) {
        if (!ids.includes(id)) missing.push(id);
      }
      const found = held.gaps().flatMap(({ fromId, toId, fromTimeMs, toTimeMs }) => {
        assert.equal(fromTimeMs, timeOf(fromId - 1));
        assert.equal(toTimeMs, timeOf(toId + 1));
        return Array.from({ length: toId - fromId + 1 }, (_, i) => fromId + i);
      });
      assert.deepEqual(found, missing);
      for (const id of ids) assert.ok(held.containing(id));
      for (const id of missing) assert.equal(held.containing(id), null);
    }),
  );
});

Deno.test("id intervals - runs that overlap, touch or lie apart join to the same ids as their members", () => {
  const runs = fc.array(fc.tuple(fc.integer({ min: 1, max: 100 }), fc.nat(20)), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(fc.property(runs, (runs) => {
    const whole = new IdIntervals();
    const single = new IdIntervals();
    for (const [from, length] of runs) {
      const to = from + length;
      whole.addRun({ from, to, fromTimeMs: timeOf(from), toTimeMs: timeOf(to) });
      for (let id = from; id <= to; id++) single.insert(id, timeOf(id));
    }
    assert.deepEqual(whole.gaps(), single.gaps());
    assert.deepEqual({ ...whole.oldest }, { ...single.oldest });
    assert.deepEqual({ ...whole.newest }, { ...single.newest });
  }));
});

Deno.test("id intervals - a gap is bridged only between its own two neighbours", () => {
  const held = new IdIntervals();
  for (const id of [1, 2, 5, 6]) held.insert(id, timeOf(id));
  assert.equal(held.bridge(1, 5), false);
  assert.equal(held.bridge(2, 6), false);
  assert.equal(held.bridge(2, 5), true);
  assert.deepEqual(held.gaps(), []);
  assert.deepEqual(held.containing(3), {
    from: 1,
    to: 6,
    fromTimeMs: timeOf(1),
    toTimeMs: timeOf(6),
  });
});

Deno.test("id intervals - an id whose time contradicts its place, or that leaps absurdly far, is refused", () => {
  const held = new IdIntervals();
  held.insert(1000, timeOf(1000));
  held.insert(2000, timeOf(2000));
  assert.equal(held.insert(1500, timeOf(2000) + 120_000), "misplaced");
  assert.equal(held.insert(2001, timeOf(1000) - 120_000), "misplaced");
  assert.equal(held.insert(Number.MAX_SAFE_INTEGER, timeOf(3000)), "misplaced");
  assert.equal(held.insert(1500, timeOf(1500)), "new");
  assert.equal(held.newest?.to, 2000);
});

Deno.test("id intervals - with too many gaps the oldest ids are forgotten, and then never counted as new", () => {
  const ids = new IdIntervals();
  for (let id = 2; id <= 2_006; id += 2) assert.equal(ids.insert(id, id), "new");
  assert.deepEqual([ids.gaps().length, ids.forgotten?.to, ids.oldest?.from], [999, 6, 8]);
  for (const id of [1, 2, 3, 6]) assert.equal(ids.insert(id, id), "forgotten");
  assert.equal(ids.insert(8, 8), "seen");
  assert.equal(ids.insert(7, 7), "new", "it is above what was forgotten");
});
