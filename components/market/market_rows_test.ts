import assert from "node:assert/strict";
import { decimal } from "../../lib/candles/decimal.ts";
import { epochSeconds } from "../../lib/candles/granularity.ts";
import { productId } from "../../lib/candles/product.ts";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { Catalogue } from "../../lib/exchange/catalogue.ts";
import type { CatalogueProduct } from "../../lib/exchange/catalogue_product.ts";
import type { ScreenerFigures } from "../../lib/store/screener_figures.ts";
import { History } from "../../lib/history/history.ts";
import type { MarketRow } from "./market_row.ts";
import { screenValues } from "./screen_values.ts";
import { marketRows } from "./market_rows.ts";
import { LIVE_CELLS } from "./market_cells.ts";
import { MARKET_COLUMNS } from "./market_columns.ts";
import { marketRowsHtml, prepareMarketRows, quietCells } from "./MarketRows.tsx";

const PRODUCT: CatalogueProduct = {
  id: productId("BTC-USD"),
  baseName: "Bit<coin>",
  baseCurrency: "BTC",
  quoteCurrency: "USD",
  price: decimal("70000"),
  priceChange24h: decimal("1"),
  volume24h: decimal("10"),
  quoteVolume24h: decimal("700000"),
  quoteIncrement: decimal("0.01"),
  status: "online",
};

const ALL = { search: "", quote: null, favourites: false };

const FIGURES: ScreenerFigures = {
  hourAgo: 70000,
  weekAgo: 80000,
  high: 70010,
  low: 69000,
  volumeRatio: 2.44,
  tradesPerMinute: 1234.5,
  rsi: 61.4,
};

const ROW: MarketRow = {
  product: PRODUCT,
  price: decimal("70001.5"),
  reference: 69300,
  change: { direction: "up", text: "+1.01%" },
  sparkline: { prices: [1, 2, 3], share: 1 },
  exact: { since: epochSeconds(Date.UTC(2026, 3, 7, 14, 30) / 1000), state: "growing" },
  screen: screenValues(FIGURES, 70001.5),
};

const FACTS = { pasts: new Map(), figures: new Map() };
const NO_EXACT_PAST = { since: null, state: "waiting" } as const;

Deno.test("market rows - a row has its figures, a link and what the browser needs to keep it live", () => {
  const html = marketRowsHtml([ROW], ALL);
  for (
    const part of [
      'data-id="BTC-USD"',
      'data-digits="2"',
      'data-ref="69300.00"',
      'href="/products/BTC-USD"',
      "$70,001.50",
      "+1.01%",
      "$700K",
      "<path d=",
    ]
  ) assert.ok(html.includes(part), `${part} is not in ${html}`);
});

Deno.test("market rows - many new rows are prepared in several turns, and are the same rows", async () => {
  const rows = Array.from({ length: 120 }, (_, index) => {
    const id = productId(`COIN${index}-USD`);
    return { ...ROW, product: { ...PRODUCT, id, baseName: `Coin ${index}` } };
  });
  let turns = 0;
  let isOver = false;
  const count = () => {
    if (isOver) return;
    turns++;
    setImmediate(count);
  };
  setImmediate(count);
  await prepareMarketRows(rows);
  isOver = true;
  assert.ok(turns >= 2, `${turns}`);
  const html = marketRowsHtml(rows, ALL);
  for (const { product } of rows) {
    const copy = { ...ROW, product: { ...product } };
    assert.ok(html.includes(marketRowsHtml([copy], ALL)), product.id);
  }
  turns = 0;
  isOver = false;
  setImmediate(count);
  await prepareMarketRows(rows);
  assert.equal(turns, 0, "what is prepared already takes none");
  isOver = true;
});

Deno.test("market rows - every live part of a row is named once, wherever its column stands", () => {
  const html = marketRowsHtml([ROW], ALL);
  for (const name of Object.values(LIVE_CELLS)) {
    assert.equal(html.split(`data-live="${name}"`).length, 2, name);
  }
  assert.match(html, /data-live="price"[^>]*>\$70,001\.50</);
  assert.match(html, /data-live="change"[^>]*>\+1\.01%</);
  assert.match(html, /data-live="line"[^>]*><svg/);
});

Deno.test("market rows - a row has each column's cell under its name, in the order of the headings", () => {
  const cells = [
    ...marketRowsHtml([ROW], ALL, MARKET_COLUMNS.map(({ name }) => name)).matchAll(
      /<t[dh][^>]* data-col="(\w+)"/g,
    ),
  ];
  assert.deepEqual(cells.map(([, name]) => name), MARKET_COLUMNS.map(({ name }) => name));
});

Deno.test("market rows - an exchange's name cannot write markup", () => {
  const html = marketRowsHtml([ROW], ALL);
  assert.ok(!html.includes("<coin>"));
  assert.ok(html.includes("Bit&lt;coin"));
});

Deno.test("market rows - a row follows its price and line, and stays the same text while they stay the same", () => {
  const first = marketRowsHtml([ROW], ALL);
  assert.equal(
    marketRowsHtml([{ ...ROW, sparkline: { prices: [1, 2, 3], share: 1 } }], ALL),
    first,
  );
  const moved = marketRowsHtml([{ ...ROW, price: decimal("70002") }], ALL);
  assert.ok(moved.includes("$70,002.00"));
  assert.notEqual(
    marketRowsHtml([{ ...ROW, sparkline: { prices: [3, 2, 1], share: 1 } }], ALL),
    moved,
  );
});

Deno.test("market rows - a row that comes again after a newer one of its product has its own cells", () => {
  const newer = { ...ROW, price: decimal("70004") };
  const [first, second] = [marketRowsHtml([ROW], ALL), marketRowsHtml([newer], ALL)];
  assert.notEqual(first, second);
  assert.deepEqual([marketRowsHtml([ROW], ALL), marketRowsHtml([newer], ALL)], [first, second]);
  const quiet = quietCells({ ...newer, exact: NO_EXACT_PAST });
  assert.notDeepEqual(quietCells(newer), quiet);
});

Deno.test("market rows - cells that look alike are those of a row that is rendered alone, over more looks than are held", () => {
  const columns = ["change", "ratio"] as const;
  const rowOf = (n: number): MarketRow => {
    const product = { ...PRODUCT, id: productId(`COIN${n}-USD`) };
    const direction = n % 2 === 0 ? "up" : "down";
    const figures = { ...FIGURES, volumeRatio: n / 10 };
    return {
      ...ROW,
      product,
      change: { direction, text: `${direction === "up" ? "+" : "−"}${n}.00%` },
      screen: screenValues(figures, 70001.5),
    };
  };
  const html = marketRowsHtml(Array.from({ length: 2_600 }, (_, n) => rowOf(n)), ALL, columns);
  const rows = html.split("</tr>").slice(0, -1);
  rows.forEach((row, n) => {
    assert.ok(row.includes(`data-id="COIN${n}-USD"`));
    const change = n % 2 === 0
      ? `class="up" data-live="change">+${n}`
      : `class="down" data-live="change">−${n}`;
    for (const part of [`${change}.00%<`, `>${(n / 10).toFixed(1)}×<`]) {
      assert.ok(row.includes(part), `${part} is not in ${row}`);
    }
  });
});

Deno.test("market rows - a row shows since when its product is exact, and the state of older candles", () => {
  const html = marketRowsHtml([ROW], ALL);
  assert.match(html, /<span data-exact="growing" title="Exact since 7 Apr 2026, 14:30 UTC, and/);
  assert.match(html, />7 Apr 14:30<span class="sr-only">, growing</);
});

Deno.test("market rows - the cells that an open dashboard requests are those of the row, and do not change with its price", () => {
  const cells = quietCells(ROW);
  const html = marketRowsHtml([ROW], ALL);
  assert.deepEqual(Object.keys(cells), ["volume", "line", "exact"]);
  for (const cell of Object.values(cells)) assert.ok(html.includes(cell), cell);
  assert.deepEqual(quietCells({ ...ROW, price: decimal("70003") }), cells);
  assert.notDeepEqual(quietCells({ ...ROW, exact: NO_EXACT_PAST }), cells);
});

Deno.test("market rows - chosen columns are there in their order, with figures as they are read", () => {
  const columns = [
    "product",
    "price",
    "hour",
    "week",
    "ratio",
    "trades",
    "range",
    "high",
    "low",
    "rsi",
  ] as const;
  const html = marketRowsHtml([ROW], ALL, columns);
  assert.deepEqual([...html.matchAll(/data-col="(\w+)"/g)].map(([, name]) => name), columns);
  assert.match(html, /<td data-col="week" class="down" ?>−12\.50%</);
  for (const text of ["+0.00%", "2.4×", "1,235", "1.46%", "−0.01%", "+1.45%", "61"]) {
    assert.ok(html.includes(`>${text.replace("+0.00%", "0.00%")}<`), text);
  }
  const unknown = { ...ROW, screen: screenValues(undefined, null) };
  assert.equal(marketRowsHtml([unknown], ALL, columns).match(/–/g)?.length, 8);
});

Deno.test("market rows - rows that do not match the search are on the page, hidden", () => {
  assert.match(marketRowsHtml([ROW], { ...ALL, search: "ether" }), /^<tr hidden data-id="BTC-USD"/);
  assert.match(marketRowsHtml([ROW], { ...ALL, quote: "EUR" }), /^<tr hidden/);
  assert.match(marketRowsHtml([ROW], { ...ALL, quote: "USD" }), /^<tr data-id/);
});

Deno.test("market rows - a product of which nothing is known yet has dashes, not zeros", () => {
  const unknown = { ...PRODUCT, price: null, quoteVolume24h: null, priceChange24h: null };
  const row = {
    product: unknown,
    price: null,
    reference: null,
    change: null,
    sparkline: { prices: [], share: 0 },
    exact: NO_EXACT_PAST,
    screen: screenValues(undefined, null),
  };
  const html = marketRowsHtml([row], ALL);
  assert.equal(html.match(/–/g)?.length, 4);
  assert.doesNotMatch(html, /NaN|null|undefined/);
});

Deno.test("market rows - rows are shared by requests of one moment, and are new after it", () => {
  const catalogue = new Catalogue();
  catalogue.set([PRODUCT]);
  let close = decimal("1");
  const history = new History({
    page: () => Promise.resolve([]),
    current: () => sampleCandle({ close }),
    recent: () => [],
    position: () => null,
    closes: () => Promise.resolve(new Map()),
  });
  const rows = marketRows({ catalogue, history }, FACTS, 1000);
  close = decimal("2");
  assert.equal(marketRows({ catalogue, history }, FACTS, 1100), rows);
  assert.deepEqual(marketRows({ catalogue, history }, FACTS, 1300)[0]?.price, decimal("2"));
});
