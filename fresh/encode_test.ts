import assert from "node:assert/strict";
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import fc from "fast-check";
import { h } from "preact";
import { decode } from "./decode.ts";
import { encode, NotSerializableError } from "./encode.ts";

/** There and back, as a browser would read it out of the page. */
function roundTrip(value: unknown): unknown {
  return decode(encode(value), (kind) => assert.fail(`unknown kind ${kind}`));
}

const hostile = fc.constantFrom(
  "</script>",
  "</SCRIPT ",
  "<!--",
  "-->",
  "<script>",
  "\u2028",
  "\u2029",
  "]]>",
  "$",
  "__proto__",
  "constructor",
  '"',
  "\\u003c",
);

const leaf = fc.oneof(
  fc.string({ unit: "grapheme" }),
  hostile,
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constantFrom(null, undefined, -0, NaN, Infinity, -Infinity),
  fc.bigInt(),
  fc.date({ noInvalidDate: false }),
  fc.webUrl().map((url) => new URL(url)),
  fc.uint8Array(),
);

const key = fc.oneof(fc.string(), hostile);

const { value: anything } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaf,
    fc.array(tie("value"), { maxLength: 5 }),
    fc.array(fc.tuple(key, tie("value")), { maxLength: 5 }).map(Object.fromEntries),
    fc.array(fc.tuple(tie("value"), tie("value")), { maxLength: 4 }).map((all) => new Map(all)),
    fc.array(tie("value"), { maxLength: 4 }).map((all) => new Set(all)),
  ),
}));

Deno.test("fresh encoding - any value of the kinds that props may have comes back equal", () => {
  fc.assert(fc.property(anything, (value) => assert.deepStrictEqual(roundTrip(value), value)), {
    numRuns: 300,
  });
});

Deno.test("fresh encoding - nothing in the values can end the script they are in, or start a comment", () => {
  fc.assert(fc.property(anything, fc.array(hostile), (value, texts) => {
    assert.doesNotMatch(encode([value, texts, texts.join("")]), /[<\u2028\u2029]/);
  }));
});

Deno.test("fresh encoding - a key of __proto__ stays an own property", () => {
  const value = JSON.parse('{"__proto__":{"polluted":true}}');
  const back = roundTrip(value);
  assert.deepStrictEqual(back, value);
  assert.equal(Reflect.get({}, "polluted"), undefined);
});

Deno.test("fresh encoding - an object with its own $ is not taken for an encoded value", () => {
  const value = { $: "signal", v: { $: "bigint", v: "1" } };
  assert.deepStrictEqual(roundTrip(value), value);
});

Deno.test("fresh encoding - a value that is met twice is one value afterwards, whatever its kind", () => {
  for (const shared of [{ a: 1 }, [1], new Map([[1, 2]]), new Set([1]), new Date(1), signal(1)]) {
    const back = roundTrip([{ first: shared }, shared]);
    assert.ok(Array.isArray(back));
    assert.equal(back[0].first, back[1]);
  }
});

Deno.test("fresh encoding - values that contain themselves come back containing themselves", () => {
  const object: Record<string, unknown> = { name: "loop" };
  object.self = object;
  const list: unknown[] = [object];
  list.push(list);
  const map = new Map<string, unknown>([["list", list]]);
  map.set("map", map);
  const set = new Set<unknown>([map]);
  set.add(set);
  const held = signal<unknown>(null);
  held.value = { held };
  for (const value of [object, list, map, set]) {
    assert.deepStrictEqual(roundTrip(value), value);
  }
  const back = asSignal(roundTrip(held));
  assert.equal(Reflect.get(Object(back.value), "held"), back);
});

Deno.test("fresh encoding - a signal comes back as a live signal with its value, one signal for all that share it", () => {
  const count = signal({ trades: [1n] });
  const back = roundTrip([{ count }, { total: count }]);
  assert.ok(Array.isArray(back));
  const live = asSignal(back[0].count);
  assert.deepEqual(live.value, { trades: [1n] });
  live.value = "changed";
  assert.equal(back[1].total.value, "changed");
});

Deno.test("fresh encoding - a computed signal comes back with its value, read-only", () => {
  const count = signal(2);
  const back = asSignal(roundTrip(computed(() => count.value * 2)));
  assert.equal(back.value, 4);
  assert.throws(() => {
    back.value = 5;
  });
});

Deno.test("fresh encoding - what cannot be sent is refused with the way to it", () => {
  class Price {}
  const cases: readonly [unknown, string, RegExp][] = [
    [{ onPick: () => {} }, "onPick", /function/],
    [{ data: { items: [1, { price: new Price() }] } }, "data.items[1].price", /Price/],
    [{ tag: Symbol("x") }, "tag", /symbol/],
    [{ map: new Map([["a", () => {}]]) }, "map[0]", /function/],
    [{ count: signal(() => {}) }, "count.value", /function/],
    [{ list: [h("p", null)] }, "list[0]", /JSX/],
    [{ later: Promise.resolve() }, "later", /Promise/],
    [{ pattern: /x/ }, "pattern", /RegExp/],
  ];
  for (const [value, path, what] of cases) {
    assert.throws(() => encode(value), (error) => {
      assert.ok(error instanceof NotSerializableError);
      assert.equal(error.path, path);
      assert.match(error.message, what);
      return true;
    });
  }
});

function asSignal(value: unknown): Signal<unknown> {
  assert.ok(isSignal(value));
  return value;
}

function isSignal(value: unknown): value is Signal<unknown> & ReadonlySignal<unknown> {
  return typeof value === "object" && value !== null && "peek" in value;
}
