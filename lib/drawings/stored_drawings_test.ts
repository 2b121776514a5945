import assert from "node:assert/strict";
import fc from "fast-check";
import { productId } from "../candles/product.ts";
import type { Drawing } from "./drawing.ts";
import { DRAWING_KINDS, DRAWINGS, LONGEST_TEXT } from "./drawing.ts";
import type { TextStore } from "./stored_drawings.ts";
import { MOST_DRAWINGS, parseDrawings, StoredDrawings, writeDrawings } from "./stored_drawings.ts";

const BTC = productId("BTC-USD");
const ETH = productId("ETH-USD");

const LINE: Drawing = {
  id: "a1",
  kind: "trend",
  anchors: [{ time: 1_700_000_000, price: 64_000.25 }, { time: 1_700_003_600, price: 64_100 }],
  text: "",
};

const anchor = fc.record({
  time: fc.integer({ min: 0, max: 7_000_000_000 }),
  price: fc.double({ min: 1e-9, max: 1e14, noNaN: true }),
}, { noNullPrototype: true });
const drawing = fc.constantFrom(...DRAWING_KINDS).chain((kind) =>
  fc.record({
    id: fc.stringMatching(/^[a-z0-9]{1,24}$/),
    kind: fc.constant(kind),
    anchors: fc.array(anchor, {
      minLength: DRAWINGS[kind].anchors,
      maxLength: DRAWINGS[kind].anchors,
    }),
    text: kind === "text" ? fc.string({ minLength: 1, maxLength: LONGEST_TEXT }) : fc.constant(""),
  }, { noNullPrototype: true })
);

Deno.test("drawings - what is written is read again", () => {
  const some = fc.uniqueArray(drawing, { maxLength: 20, selector: ({ id }) => id });
  fc.assert(fc.property(some, (drawings) => {
    assert.deepEqual(parseDrawings(writeDrawings(drawings)), drawings);
  }));
});

Deno.test("drawings - whatever is stored is read as valid drawings, bounded in number", () => {
  const broken = fc.oneof(
    fc.json(),
    fc.string(),
    fc.array(
      fc.record({
        id: fc.oneof(fc.constant("a"), fc.anything()),
        kind: fc.oneof(fc.constantFrom(...DRAWING_KINDS), fc.anything()),
        anchors: fc.oneof(fc.array(fc.oneof(anchor, fc.anything())), fc.anything()),
        text: fc.oneof(fc.constant(""), fc.anything()),
      }, { requiredKeys: [] }),
    ).map((kept) => text(kept)),
  );
  fc.assert(fc.property(broken, (stored) => {
    const drawings = parseDrawings(stored);
    assert.deepEqual(parseDrawings(writeDrawings(drawings)), drawings);
    for (const { kind, anchors } of drawings) {
      assert.equal(anchors.length, DRAWINGS[kind].anchors);
    }
  }));
});

Deno.test("drawings - what is not a drawing is left out, and what is one stays", () => {
  const cases: readonly unknown[] = [
    null,
    7,
    [],
    { ...LINE, id: "A" },
    { ...LINE, id: "a".repeat(25) },
    { ...LINE, id: 1 },
    { ...LINE, kind: "toString" },
    { ...LINE, anchors: LINE.anchors.slice(1) },
    { ...LINE, anchors: [...LINE.anchors, ...LINE.anchors] },
    { ...LINE, anchors: [{ time: "1", price: 1 }, { time: 1, price: 1 }] },
    { ...LINE, anchors: [{ time: -1, price: 1 }, { time: 1, price: 1 }] },
    { ...LINE, anchors: [{ time: 1e12, price: 1 }, { time: 1, price: 1 }] },
    { ...LINE, anchors: [{ time: 1, price: 0 }, { time: 1, price: 1 }] },
    { ...LINE, anchors: [{ time: 1, price: null }, { time: 1, price: 1 }] },
    { ...LINE, text: "no words on a line" },
    { ...LINE, kind: "text", anchors: LINE.anchors.slice(1), text: "" },
    { ...LINE, kind: "text", anchors: LINE.anchors.slice(1), text: "x".repeat(81) },
  ];
  for (const one of cases) {
    assert.deepEqual(parseDrawings(JSON.stringify([one, LINE])), [LINE], JSON.stringify(one));
  }
  assert.deepEqual(parseDrawings(JSON.stringify([LINE, { ...LINE, kind: "ray" }])), [LINE]);
  assert.deepEqual(parseDrawings(JSON.stringify({ 0: LINE })), []);
  assert.deepEqual(parseDrawings(`${JSON.stringify([LINE])}${" ".repeat(100_000)}`), []);
  const many = Array.from({ length: MOST_DRAWINGS + 5 }, (_, at) => ({ ...LINE, id: `${at}` }));
  assert.equal(parseDrawings(writeDrawings(many)).length, MOST_DRAWINGS);
});

Deno.test("drawings - tabs share a product's, and products have their own", () => {
  const store = memory();
  const [one, other] = [new StoredDrawings(() => store, BTC), new StoredDrawings(() => store, BTC)];
  one.put(LINE);
  other.put({ ...LINE, id: "b2" });
  one.put({ ...LINE, kind: "ray" });
  assert.deepEqual(other.read().drawings.map(({ id, kind }) => [id, kind]), [
    ["a1", "ray"],
    ["b2", "trend"],
  ]);
  assert.deepEqual(new StoredDrawings(() => store, ETH).read().drawings, []);
  other.remove("a1");
  assert.deepEqual(one.read().drawings.map(({ id }) => id), ["b2"]);
  one.removeAll();
  assert.equal(store.size, 0, "nothing stays behind");
});

Deno.test("drawings - one above the limit is refused with a message", () => {
  const store = memory();
  const drawings = new StoredDrawings(() => store, BTC);
  for (let at = 0; at < MOST_DRAWINGS; at++) {
    assert.equal(drawings.put({ ...LINE, id: `${at}` }).problem, null);
  }
  const refused = drawings.put({ ...LINE, id: "more" });
  assert.match(refused.problem ?? "", /at most 100 drawings/);
  assert.equal(refused.drawings.length, MOST_DRAWINGS);
  assert.equal(
    drawings.put({ ...LINE, id: "0", kind: "ray" }).problem,
    null,
    "changing one is fine",
  );
});

Deno.test("drawings - a storage that is full or forbidden is reported, and nothing is thrown", () => {
  const full = { ...memory(), getItem: () => null, setItem: () => fail("full") };
  const kept = new StoredDrawings(() => full, BTC).put(LINE);
  assert.match(kept.problem ?? "", /full or forbidden/);
  assert.deepEqual(kept.drawings, [LINE]);

  const forbidden = new StoredDrawings(() => fail("forbidden"), BTC);
  assert.match(forbidden.put(LINE).problem ?? "", /keeps no drawings/);
  forbidden.put({ ...LINE, id: "b2" });
  assert.equal(forbidden.read().drawings.length, 2, "they last as long as the page");
  assert.deepEqual(forbidden.remove("a1").drawings.map(({ id }) => id), ["b2"]);
});

function memory(): TextStore & { readonly size: number } {
  const texts = new Map<string, string>();
  return {
    getItem: (key) => texts.get(key) ?? null,
    setItem: (key, value) => void texts.set(key, value),
    removeItem: (key) => void texts.delete(key),
    get size() {
      return texts.size;
    },
  };
}

function fail(why: string): never {
  throw new Error(why);
}

/** As JSON, or nothing where JSON cannot express it. */
function text(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    return "";
  }
}
