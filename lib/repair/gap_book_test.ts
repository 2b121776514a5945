import assert from "node:assert/strict";
import { decimal } from "../candles/decimal.ts";
import { productId } from "../candles/product.ts";
import { ProductAggregator } from "../candles/product_aggregator.ts";
import { GapBook, type GapKeeper, type KeptGap } from "./gap_book.ts";

const BTC = productId("BTC-USD");
const NOON = Date.UTC(2026, 3, 7, 12);

/** Trades of one product, a second apart, by their ids. */
function merge(product: ProductAggregator, ...tradeIds: readonly number[]): void {
  for (const tradeId of tradeIds) {
    const timeMs = NOON + tradeId * 1000;
    const amounts = { price: decimal("10"), size: decimal("1") };
    product.merge({ productId: BTC, tradeId, timeMs, side: "BUY", ...amounts }, true);
  }
}

/**
 * A database's table of gaps. While down it refuses; while slow it answers when the test decides.
 */
class Table implements GapKeeper {
  readonly entries = new Set<string>();
  isDown = false;
  answer: Promise<void> = Promise.resolve();

  async open(gaps: readonly KeptGap[]): Promise<void> {
    await this.#reached();
    for (const { fromId, toId } of gaps) this.entries.add(`${fromId}-${toId}`);
  }

  async close({ fromId, toId }: KeptGap): Promise<void> {
    await this.#reached();
    this.entries.delete(`${fromId}-${toId}`);
  }

  settle(): Promise<void> {
    return this.#reached();
  }

  get gaps(): string[] {
    return [...this.entries];
  }

  async #reached(): Promise<void> {
    await this.answer;
    if (this.isDown) throw new Error("the database is down");
  }
}

function book(table: Table, story: string[] = []): GapBook {
  return new GapBook(table, {
    onOpened: ({ fromId, toId }) => story.push(`opened ${fromId}-${toId}`),
    onRepaired: ({ fromId, toId }) => story.push(`repaired ${fromId}-${toId}`),
    onJoined: ({ fromId, toId }) => story.push(`joined ${fromId}-${toId}`),
    onForgotten: ({ fromId, toId }) => story.push(`forgotten ${fromId}-${toId}`),
  });
}

Deno.test("gap book - a gap is kept while it is open, under its current ids", async () => {
  const table = new Table();
  const story: string[] = [];
  const gaps = book(table, story);
  const product = new ProductAggregator(BTC, 0);
  merge(product, 1, 2, 10);
  gaps.look(product);
  await gaps.write();
  assert.deepEqual(table.gaps, ["3-9"]);
  merge(product, 5);
  gaps.look(product);
  await gaps.write();
  assert.deepEqual(table.gaps.sort(), ["3-4", "6-9"]);
  assert.deepEqual([gaps.open, gaps.opened, gaps.repaired], [2, 3, 1]);
  merge(product, 3, 4, 6, 7, 8, 9);
  gaps.look(product);
  await gaps.write();
  assert.deepEqual(table.gaps, []);
  assert.deepEqual([gaps.open, gaps.opened, gaps.repaired], [0, 3, 3]);
  assert.deepEqual(story.slice(0, 2), ["opened 3-9", "opened 3-4"]);
});

Deno.test("gap book - a database that was down gets the gaps that are open then, and none that came and went", async () => {
  const table = new Table();
  const gaps = book(table);
  const product = new ProductAggregator(BTC, 0);
  table.isDown = true;
  merge(product, 1, 3);
  gaps.look(product);
  await assert.rejects(gaps.write(), /is down/);
  merge(product, 2, 5);
  gaps.look(product);
  table.isDown = false;
  await gaps.write();
  assert.deepEqual(table.gaps, ["4-4"]);
});

Deno.test("gap book - a gap that closes while it is being written does not stay open in the database", async () => {
  const table = new Table();
  const gaps = book(table);
  const product = new ProductAggregator(BTC, 0);
  const slow = Promise.withResolvers<void>();
  table.answer = slow.promise;
  merge(product, 1, 3);
  gaps.look(product);
  const writing = gaps.write();
  merge(product, 2);
  gaps.look(product);
  slow.resolve();
  await writing;
  await gaps.write();
  assert.deepEqual(table.gaps, []);
});

Deno.test("gap book - whatever closes the beginning of a gap, trades join there, and a part closed elsewhere joins nothing", () => {
  const story: string[] = [];
  const gaps = book(new Table(), story);
  const product = new ProductAggregator(BTC, 0);
  merge(product, 1, 10);
  gaps.look(product);
  merge(product, 8, 9);
  gaps.look(product);
  merge(product, 2, 3);
  gaps.look(product);
  product.bridge(3, 8);
  gaps.look(product);
  assert.deepEqual(
    story.filter((event) => !event.startsWith("opened")),
    ["repaired 2-9", "repaired 2-7", "joined 2-7", "repaired 4-7", "joined 4-7"],
  );
});

Deno.test("gap book - gaps that a product is too full to remember stay open in the database, and those of a dropped product too", async () => {
  const table = new Table();
  const story: string[] = [];
  const gaps = book(table, story);
  const product = new ProductAggregator(BTC, 0);
  for (let id = 1; id < 2_000; id += 2) merge(product, id);
  gaps.look(product);
  merge(product, 2_001);
  gaps.look(product);
  await gaps.write();
  assert.deepEqual([gaps.open, gaps.repaired, table.gaps.length], [999, 0, 1_000]);
  assert.ok(table.gaps.includes("2-2") && story.includes("forgotten 2-2"));
  gaps.drop(BTC);
  await gaps.write();
  assert.deepEqual([gaps.open, gaps.oldest, table.gaps.length], [0, null, 1_000]);
});
