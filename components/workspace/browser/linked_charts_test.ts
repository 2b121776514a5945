import assert from "node:assert/strict";
import type { TimeSight } from "../../chart/browser/live_chart.ts";
import { type LinkedChart, LinkedCharts } from "./linked_charts.ts";

/** A chart that shows what its links request and reports what it shows, as a real one does. */
class TestChart implements LinkedChart {
  sight: TimeSight;
  pointedAt: readonly [number | null, number | null] | null = null;
  #links: LinkedCharts;

  constructor(links: LinkedCharts, readonly length: number, product: string, candles = 100) {
    this.#links = links;
    this.sight = { from: 100_000 - candles * length, to: 100_000, candles };
    links.add(this, product);
  }

  show({ from, to, candles }: { from?: number; to: number; candles: number }): void {
    const begin = from ?? to - candles * this.length;
    this.sight = { from: begin, to, candles: (to - begin) / this.length };
    this.#links.moved(this, this.sight);
  }

  pointAt(time: number | null, price: number | null): void {
    this.pointedAt = [time, price];
  }
}

/** A chart that shows nothing before it is drawn. */
class LateChart implements LinkedChart {
  sight: TimeSight | null = null;
  #links: LinkedCharts;

  constructor(links: LinkedCharts, readonly length: number) {
    this.#links = links;
    links.add(this, "ETH-USD");
  }

  draw(): void {
    this.show({ to: 100_000, candles: 100 });
  }

  show({ from, to, candles }: { from?: number; to: number; candles: number }): void {
    const begin = from ?? to - candles * this.length;
    this.sight = { from: begin, to, candles: (to - begin) / this.length };
    this.#links.moved(this, this.sight);
  }

  pointAt(): void {}
}

const BOTH = { crosshair: true, range: true };

Deno.test("linked charts - those of one granularity show the same times, whatever their widths", () => {
  const links = new LinkedCharts(BOTH);
  const led = new TestChart(links, 60, "BTC-USD");
  const other = new TestChart(links, 60, "ETH-USD", 30);
  links.lead(led);
  led.show({ to: 90_000, candles: 80 });
  assert.deepEqual(other.sight, led.sight);
});

Deno.test("linked charts - another granularity ends at the same time and is zoomed by the same factor", () => {
  const links = new LinkedCharts(BOTH);
  const led = new TestChart(links, 60, "BTC-USD");
  const hours = new TestChart(links, 3600, "BTC-USD", 40);
  links.lead(led);
  led.show({ to: 90_000, candles: 100 });
  assert.deepEqual([hours.sight.to, hours.sight.candles], [90_000, 40], "a pan zooms nothing");
  led.show({ to: 90_000, candles: 50 });
  assert.deepEqual([hours.sight.to, hours.sight.candles], [90_000, 20]);
  led.show({ to: 90_000, candles: 5 });
  assert.equal(hours.sight.candles, 10, "it stays legible");
});

Deno.test("linked charts - only the chart that a person moves is followed", () => {
  const links = new LinkedCharts(BOTH);
  const led = new TestChart(links, 60, "BTC-USD");
  const other = new TestChart(links, 60, "ETH-USD");
  const before = led.sight;
  other.show({ to: 110_000, candles: 100 });
  assert.deepEqual(led.sight, before, "a candle that closed moved it");
  links.lead(other);
  other.show({ to: 80_000, candles: 100 });
  assert.equal(led.sight.to, 80_000);
});

Deno.test("linked charts - a price is shown on charts of the same product alone", () => {
  const links = new LinkedCharts(BOTH);
  const [led, same, other] = ["BTC-USD", "BTC-USD", "ETH-USD"].map((product) =>
    new TestChart(links, 60, product)
  );
  assert.ok(led && same && other);
  links.pointed(led, 50_000, 42);
  assert.deepEqual([led.pointedAt, same.pointedAt, other.pointedAt], [
    null,
    [50_000, 42],
    [50_000, null],
  ]);
  links.pointed(same, null, null);
  assert.deepEqual(other.pointedAt, [50_000, null], "one that was not pointed at ends nothing");
  links.pointed(led, null, null);
  assert.deepEqual(other.pointedAt, [null, null]);
});

Deno.test("linked charts - a chart that is not linked, or was removed, stays unchanged", () => {
  const links = new LinkedCharts({ crosshair: false, range: false });
  const led = new TestChart(links, 60, "BTC-USD");
  const other = new TestChart(links, 60, "ETH-USD");
  const before = other.sight;
  links.lead(led);
  led.show({ to: 90_000, candles: 80 });
  links.pointed(led, 50_000, 42);
  assert.deepEqual([other.sight, other.pointedAt], [before, null]);
  links.links = BOTH;
  const leave = links.add(other, "ETH-USD");
  leave();
  led.show({ to: 80_000, candles: 80 });
  assert.deepEqual(other.sight, before);
});

Deno.test("linked charts - one that is drawn after the others were moved follows them then", async () => {
  const links = new LinkedCharts(BOTH);
  const led = new TestChart(links, 60, "BTC-USD");
  const hidden = new LateChart(links, 60);
  links.lead(led);
  led.show({ to: 90_000, candles: 80 });
  const added = new LateChart(links, 60);
  const hours = new LateChart(links, 3600);
  for (const chart of [hidden, added, hours]) chart.draw();
  assert.equal(hidden.sight?.to, 100_000, "not while it is being drawn");
  await Promise.resolve();
  assert.deepEqual([hidden.sight, added.sight], [led.sight, led.sight]);
  assert.deepEqual([hours.sight?.to, hours.sight?.candles], [90_000, 100], "not zoomed");
  added.draw();
  await Promise.resolve();
  assert.equal(added.sight?.to, 100_000, "once");
});

Deno.test("linked charts - one that is drawn later shows its newest candles if none was moved, or links none", async () => {
  const links = new LinkedCharts(BOTH);
  const led = new TestChart(links, 60, "BTC-USD");
  const first = new LateChart(links, 60);
  links.lead(led);
  first.draw();
  await Promise.resolve();
  assert.equal(first.sight?.to, 100_000);
  led.show({ to: 90_000, candles: 80 });
  links.links = { crosshair: true, range: false };
  const second = new LateChart(links, 60);
  second.draw();
  await Promise.resolve();
  assert.equal(second.sight?.to, 100_000);
});
