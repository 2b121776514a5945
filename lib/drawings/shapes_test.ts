import assert from "node:assert/strict";
import fc from "fast-check";
import type { Drawing, DrawingKind } from "./drawing.ts";
import { DRAWING_KINDS, DRAWINGS } from "./drawing.ts";
import { hitAt } from "./hit.ts";
import { movedBy, movedByKey } from "./moving.ts";
import type { Plot, Point } from "./plot.ts";
import { shapesOf } from "./shapes.ts";
import { snapped } from "./snapping.ts";
import { PLOT } from "./test_plot.ts";

const text = (price: number) => price.toFixed(1);
const width = (words: string) => words.length * 8;

/** A drawing between two points of the plot. */
function drawn(kind: DrawingKind, from: Point, to: Point = from): Drawing {
  const anchors = [from, to].map((point) => PLOT.anchorOf(point)).filter((one) => one !== null);
  return {
    id: kind,
    kind,
    anchors: anchors.slice(0, DRAWINGS[kind].anchors),
    text: kind === "text" ? "Words" : "",
  };
}

const point = fc.record({
  x: fc.integer({ min: 0, max: 1000 }),
  y: fc.integer({ min: 0, max: 500 }),
});

Deno.test("drawings - a horizontal line crosses the plot and has its price at the right", () => {
  assert.deepEqual(shapesOf(drawn("horizontal", { x: 300, y: 200 }), PLOT, text), [
    { form: "line", from: { x: 0, y: 200 }, to: { x: 1000, y: 200 }, isFaint: false },
    { form: "label", at: { x: 994, y: 197 }, text: "700.0", size: "note", align: "right" },
  ]);
});

Deno.test("drawings - a ray leaves the plot in its direction, a trend line ends", () => {
  const ends = [{ x: 100, y: 400 }, { x: 200, y: 350 }] as const;
  const [trend] = shapesOf(drawn("trend", ...ends), PLOT, text);
  assert.deepEqual(trend, { form: "line", from: ends[0], to: ends[1], isFaint: false });
  const [ray] = shapesOf(drawn("ray", ...ends), PLOT, text);
  assert.ok(ray?.form === "line");
  assert.ok(ray.to.x > 1000 && ray.to.y < 0);
  const slope = (ray.to.y - ray.from.y) / (ray.to.x - ray.from.x);
  assert.ok(Math.abs(slope + 0.5) < 1e-9, `${slope}`);
  // Both ends at one place: there is no direction, and no endless number.
  const [dot] = shapesOf(drawn("ray", ends[0]), PLOT, text);
  assert.deepEqual(dot, { form: "line", from: ends[0], to: ends[0], isFaint: false });
});

Deno.test("drawings - the levels of a retracement go from its second end back to its first", () => {
  const shapes = shapesOf(drawn("fibonacci", { x: 100, y: 450 }, { x: 400, y: 50 }), PLOT, text);
  const labels = shapes.flatMap((shape) => shape.form === "label" ? [shape.text] : []);
  assert.deepEqual(labels, [
    "0  1000.0",
    "0.236  811.2",
    "0.382  694.4",
    "0.5  600.0",
    "0.618  505.6",
    "0.786  371.2",
    "1  200.0",
  ]);
  const lines = shapes.flatMap((shape) => shape.form === "line" && !shape.isFaint ? [shape] : []);
  for (const { from, to } of lines) assert.deepEqual([from.x, to.x, from.y - to.y], [100, 400, 0]);
});

Deno.test("drawings - labels of a low retracement do not overlap: those of its ends are there, and others with room", () => {
  const levels = (y: number) =>
    shapesOf(drawn("fibonacci", { x: 100, y: 200 }, { x: 400, y }), PLOT, text)
      .flatMap((shape) => shape.form === "label" ? [shape] : []);
  for (const y of [200, 201, 210, 230, 260, 300, 500, 150]) {
    const labels = levels(y);
    const heights = labels.map(({ at }) => at.y).toSorted((one, other) => one - other);
    heights.slice(1).forEach((height, place) => assert.ok(height - (heights[place] ?? 0) >= 13));
    if (Math.abs(y - 200) >= 13) {
      assert.match(labels.at(0)?.text ?? "", /^0 /);
      assert.match(labels.at(-1)?.text ?? "", /^1 /);
    }
  }
  assert.equal(levels(200).length, 1);
  assert.equal(levels(230).length, 3);
  assert.equal(levels(500).length, 7);
});

Deno.test("drawings - a key moves a drawing by one step of its price at least, however high that is", () => {
  // Prices of 0 to 10 with steps of one, each fifty pixels high.
  const coarse: Plot = {
    ...PLOT,
    pointOf: ({ time, price }) => ({ x: (time - 1_000_000) / 10, y: (10 - price) * 50 }),
    anchorOf: ({ x, y }) => ({ time: 1_000_000 + x * 10, price: Math.round(10 - y / 50) }),
  };
  const anchors = [{ time: 1_001_000, price: 5 }, { time: 1_004_000, price: 7 }];
  const line: Drawing = { id: "a", kind: "trend", anchors, text: "" };
  const prices = (by: number, end: number | null = null) =>
    movedByKey(line, { x: 0, y: by }, end, coarse, 0).anchors.map(({ price }) => price);
  assert.deepEqual(prices(-4), [6, 8]);
  assert.deepEqual(prices(4), [4, 6]);
  assert.deepEqual(prices(4, 1), [5, 6]);
  assert.deepEqual(prices(-120), [7, 9]);
  const low: Drawing = { ...line, kind: "horizontal", anchors: [{ time: 1_001_000, price: 1 }] };
  assert.deepEqual(movedByKey(low, { x: 0, y: 4 }, null, coarse, 0), low, "none is zero");
  const at = { time: 1_001_000, price: 0.00000858 };
  const still: Plot = { ...coarse, anchorOf: () => at };
  const tiny = movedByKey({ ...low, anchors: [at] }, { x: 0, y: -4 }, null, still, 8);
  assert.deepEqual(tiny.anchors, [{ ...at, price: 0.00000859 }]);
});

Deno.test("drawings - where a chart has no place for an anchor, nothing is drawn or hit", () => {
  const nowhere: Plot = { ...PLOT, pointOf: () => null, anchorOf: () => null };
  for (const kind of DRAWING_KINDS) {
    const drawing = drawn(kind, { x: 1, y: 1 }, { x: 9, y: 9 });
    assert.deepEqual(shapesOf(drawing, nowhere, text), []);
    assert.equal(hitAt([drawing], { x: 1, y: 1 }, nowhere, 5, width), null);
    assert.deepEqual(movedBy(drawing, { x: 5, y: 5 }, null, nowhere), drawing);
  }
});

Deno.test("drawings - every place of a line hits it, and a place farther than the reach does not", () => {
  fc.assert(fc.property(
    point,
    point,
    fc.double({ min: 0, max: 1, noNaN: true }),
    (from, to, part) => {
      const trend = drawn("trend", from, to);
      const on = { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
      assert.equal(hitAt([trend], on, PLOT, 1, width)?.drawing, trend);
      const length = Math.hypot(to.x - from.x, to.y - from.y);
      fc.pre(length > 0);
      const beside = {
        x: on.x - (to.y - from.y) / length * 8,
        y: on.y + (to.x - from.x) / length * 8,
      };
      assert.equal(hitAt([trend], beside, PLOT, 7, width), null);
    },
  ));
});

Deno.test("drawings - a hit names the end that is there, and the drawing that lies on top", () => {
  const below = drawn("trend", { x: 100, y: 100 }, { x: 300, y: 100 });
  const above = drawn("ray", { x: 200, y: 50 }, { x: 200, y: 150 });
  const hit = (x: number, y: number) => hitAt([below, above], { x, y }, PLOT, 5, width);
  assert.deepEqual(hit(102, 103), { drawing: below, end: 0 });
  assert.deepEqual(hit(298, 97), { drawing: below, end: 1 });
  assert.deepEqual(hit(150, 100), { drawing: below, end: null });
  assert.deepEqual(hit(200, 100), { drawing: above, end: null });
  assert.deepEqual(hit(202, 480), { drawing: above, end: null }, "a ray continues");
  assert.equal(hit(200, 40), null, "and not backwards");
  const box = drawn("rectangle", { x: 400, y: 100 }, { x: 600, y: 300 });
  assert.equal(hitAt([box], { x: 500, y: 200 }, PLOT, 5, width), null, "what is in it is reached");
  assert.deepEqual(hitAt([box], { x: 500, y: 302 }, PLOT, 5, width), { drawing: box, end: null });
  const words = drawn("text", { x: 400, y: 100 });
  assert.deepEqual(hitAt([words], { x: 435, y: 92 }, PLOT, 5, width), {
    drawing: words,
    end: null,
  });
  assert.equal(hitAt([words], { x: 450, y: 92 }, PLOT, 5, width), null);
});

Deno.test("drawings - moved there and back, a drawing is where it was; no price falls to zero", () => {
  const by = fc.record({
    x: fc.integer({ min: -99, max: 99 }),
    y: fc.integer({ min: -99, max: 49 }),
  });
  fc.assert(fc.property(
    fc.constantFrom(...DRAWING_KINDS),
    point,
    point,
    by,
    fc.constantFrom(null, 0),
    (kind, from, to, { x, y }, end) => {
      const drawing = drawn(kind, from, to);
      const moved = movedBy(drawing, { x, y }, end, PLOT);
      assert.deepEqual(movedBy(moved, { x: -x, y: -y }, end, PLOT), drawing);
      assert.deepEqual(
        moved.anchors[1],
        end === 0 ? drawing.anchors[1] : movedBy(drawing, { x, y }, null, PLOT).anchors[1],
      );
    },
  ));
  const low = drawn("horizontal", { x: 10, y: 490 });
  assert.deepEqual(movedBy(low, { x: 0, y: 60 }, null, PLOT), low);
});

Deno.test("drawings - an anchor snaps to the nearest of a candle's prices within reach", () => {
  const candle = { start: 1_005_000, open: 500, high: 700, low: 300, close: 620 };
  const at = (y: number) => snapped({ x: 498, y }, candle, PLOT, 14);
  assert.deepEqual(at(203), { time: 1_005_000, price: 700 });
  assert.deepEqual(at(236), { time: 1_005_000, price: 620 });
  assert.deepEqual(at(296), { time: 1_005_000, price: 500 });
  assert.deepEqual(at(414), { time: 1_005_000, price: 300 });
  assert.equal(at(415), null);
  assert.equal(at(180), null);
  fc.assert(fc.property(point, (anywhere) => {
    const anchor = snapped(anywhere, candle, PLOT, 14);
    const ys = [500, 700, 300, 620].map((price) => (1100 - price) / 2);
    const nearest = Math.min(...ys.map((y) => Math.abs(y - anywhere.y)));
    if (nearest > 14) assert.equal(anchor, null);
    else assert.equal(Math.abs((1100 - (anchor?.price ?? 0)) / 2 - anywhere.y), nearest);
  }));
});
