import assert from "node:assert/strict";
import fc from "fast-check";
import { DEFAULT_COLUMNS } from "./market_columns.ts";
import { parseMarketOrder } from "./market_order.ts";
import { DEFAULT_SCREEN, fits, needsFigures, parseScreen, PRESETS, writeScreen } from "./screen.ts";
import { screenValues } from "./screen_values.ts";

const parse = (query: string) => parseScreen(new URLSearchParams(query));

Deno.test("screen - without a choice it is the default, and reads no stored candles", () => {
  for (const query of ["", "q=bit&sort=price", "cols=", "hour_min=&rsi_max="]) {
    assert.deepEqual(parse(query), { screen: DEFAULT_SCREEN, errors: [] });
  }
  assert.equal(needsFigures(DEFAULT_SCREEN, "volume"), false);
  assert.equal(needsFigures(DEFAULT_SCREEN, "rsi"), true);
});

Deno.test("screen - columns are chosen as a list or as a form sends them, and stand in the table's order", () => {
  const columns = ["product", "price", "hour", "rsi"];
  assert.deepEqual(parse("cols=rsi,hour").screen.columns, columns);
  assert.deepEqual(parse("cols=rsi&cols=hour&cols=rsi").screen.columns, columns);
});

Deno.test("screen - what cannot be used is named with what is allowed, and left out", () => {
  const { screen, errors } = parse("cols=foo,rsi&hour_min=x&rsi_max=1e9&week_min=5&week_max=-5");
  assert.deepEqual(errors.map(({ parameter, value }) => [parameter, value]), [
    ["cols", "foo"],
    ["hour_min", "x"],
    ["week_min", "5"],
    ["rsi_max", "1e9"],
  ]);
  assert.match(errors[0]?.allowed ?? "", /^hour, change, week/);
  assert.match(errors[2]?.allowed ?? "", /at most week_max, which is -5/);
  assert.deepEqual(screen, { columns: ["product", "price", "rsi"], ranges: [] });
});

Deno.test("screen - errors are few and short, whatever the query holds", () => {
  const { errors } = parse(`cols=${"y,".repeat(5000)}&hour_min=${"9".repeat(5000)}`);
  assert.ok(errors.length <= 25 && errors.every(({ value }) => value.length <= 40));
});

Deno.test("screen - a product fits if its values are in all ranges, and not if one is unknown", () => {
  const values = {
    name: "x",
    price: 1,
    change: 2,
    volume: null,
    exact: null,
    ...screenValues({
      hourAgo: 1,
      weekAgo: null,
      high: 2,
      low: 0.5,
      volumeRatio: 1.5,
      tradesPerMinute: 3,
      rsi: 30,
    }, 1),
  };
  const isIn = (query: string) => fits(values, parse(query).screen);
  assert.deepEqual([isIn("change_min=2"), isIn("change_min=2.1")], [true, false]);
  assert.deepEqual([isIn("rsi_max=30&ratio_min=1.5"), isIn("rsi_max=30&ratio_min=2")], [
    true,
    false,
  ]);
  assert.deepEqual([isIn("week_min=-99"), isIn("volume_min=0")], [false, false]);
  assert.deepEqual([isIn("high_max=-50"), isIn("low_min=100")], [true, true]);
});

Deno.test("screen - what it writes into an address is what it reads from it", () => {
  const number = fc.option(fc.integer({ min: -1000, max: 1000 }).map((n) => n / 4));
  const query = fc.record({
    cols: fc.subarray(["hour", "change", "week", "ratio", "rsi", "line", "exact"]),
    hour: fc.tuple(number, number),
    rsi: fc.tuple(number, number),
  }).map(({ cols, hour, rsi }) => {
    const text = (value: number | null) => value === null ? "" : `${value}`;
    return `cols=${cols}&hour_min=${text(hour[0])}&hour_max=${text(hour[1])}` +
      `&rsi_min=${text(rsi[0])}&rsi_max=${text(rsi[1])}`;
  });
  fc.assert(fc.property(query, (text) => {
    const { screen } = parse(text);
    const written = new URLSearchParams("q=a");
    writeScreen(written, screen);
    assert.deepEqual(parse(`${written}`), { screen, errors: [] });
    assert.equal(written.get("q"), "a");
  }));
});

Deno.test("screen - every preset can be used, and orders by what it shows", () => {
  for (const { title, query } of PRESETS) {
    const { screen, errors } = parse(query);
    assert.deepEqual(errors, [], title);
    const { sort } = parseMarketOrder(new URLSearchParams(query));
    assert.ok([...screen.columns, ...DEFAULT_COLUMNS].includes(sort === "name" ? "product" : sort));
  }
});
