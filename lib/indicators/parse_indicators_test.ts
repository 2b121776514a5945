import assert from "node:assert/strict";
import { writeIndicators } from "./indicator.ts";
import { INDICATOR_KINDS, indicatorNamed } from "./indicator_table.ts";
import {
  indicatorOf,
  indicatorTitle,
  parseIndicators,
  typedNumbers,
  usualIndicator,
} from "./parse_indicators.ts";

const written = (text: string | null) => writeIndicators(parseIndicators(text).indicators);

Deno.test("indicators - a list is read with the usual settings where none are given, and written with all", () => {
  const text = "ema:9, RSI,bb:20,macd::30,stoch,vwap,bb:20:2.50";
  assert.equal(written(text), "ema:9,rsi:14,bb:20:2,macd:12:30:9,stoch:14:3:3,vwap,bb:20:2.5");
  const { indicators, problems } = parseIndicators(text);
  assert.deepEqual(parseIndicators(writeIndicators(indicators)).indicators, indicators);
  assert.deepEqual(problems, []);
  assert.deepEqual(indicators.map(indicatorTitle), [
    "EMA 9",
    "RSI 14",
    "Bollinger 20, 2",
    "MACD 12, 30, 9",
    "Stochastic 14, 3, 3",
    "VWAP",
    "Bollinger 20, 2.5",
  ]);
  assert.deepEqual(indicators.map(({ pane }) => pane).filter((pane) => pane === "own").length, 3);
});

Deno.test("indicators - what comes twice counts once, and nothing is nothing", () => {
  assert.equal(written("ema:9,ema:9,,EMA:09"), "ema:9");
  assert.deepEqual(parseIndicators(null), { indicators: [], problems: [] });
  assert.deepEqual(parseIndicators(" , "), { indicators: [], problems: [] });
});

Deno.test("indicators - what cannot be used is named with what is allowed, and the rest is kept", () => {
  const cases: Readonly<Record<string, RegExp>> = {
    "foo:3": new RegExp(
      `^No indicator: “foo:3”\\. There are sma, ema, .*${INDICATOR_KINDS.at(-1)?.name}\\.$`,
    ),
    "ema:1": /^The period of EMA is a whole number from 2 to 500, not “1”\.$/,
    "ema:501": /from 2 to 500, not “501”/,
    "ema:2.5": /a whole number from 2 to 500, not “2\.5”/,
    "ema:x": /not “x”/,
    "ema:1e2": /not “1e2”/,
    "ema:-5": /not “-5”/,
    "sma:5:5": /^SMA has one setting, the period: “5:5” are too many\.$/,
    "vwap:3": /^VWAP has no settings/,
    "bb:20:0": /^The deviations of Bollinger is a number from 0\.1 to 10, not “0”\.$/,
    "macd:26:12":
      /^MACD 26, 12, 9 cannot be drawn: the fast period has to be below the slow one\.$/,
    "__proto__": /^No indicator/,
    "constructor:2": /^No indicator/,
    [`${"x".repeat(200)}`]: /^No indicator: “x{40}…”/,
  };
  for (const [text, message] of Object.entries(cases)) {
    const { indicators, problems } = parseIndicators(`${text},rsi`);
    assert.equal(writeIndicators(indicators), "rsi:14", text);
    assert.equal(problems.length, 1, text);
    assert.match(problems[0] ?? "", message);
  }
});

Deno.test("indicators - no more than can be distinguished, and however long the text, few sentences", () => {
  const many = "2,3,4,5,6,7,8,9,10".replace(/\d+/g, "sma:$&");
  const { indicators, problems } = parseIndicators(`${many},sma:2`);
  assert.equal(indicators.length, 8);
  assert.deepEqual(problems, ["At most 8 indicators can be shown: “sma:10” is left out."]);
  assert.ok(parseIndicators("a,".repeat(100_000)).problems.length === 1);
  assert.ok(
    parseIndicators(Array.from({ length: 500 }, (_, at) => `a${at}`).join()).problems.length <= 4,
  );
});

Deno.test("indicators - typed settings are parted as people part them, and a sign is not lost", () => {
  for (const text of ["20, 2.5", "20 2.5", " 20;2.5 ", "20:2.5", "20 / 2.5"]) {
    assert.deepEqual(typedNumbers(text), ["20", "2.5"], text);
  }
  const bands = indicatorNamed("bb");
  assert.ok(bands !== null);
  for (
    const [text, named] of [
      ["-5", "“-5”"],
      ["1e3", "“1e3”"],
      ["abc", "“abc”"],
      ["20, -2", "“-2”"],
      ["501", "“501”"],
    ] as const
  ) {
    const refusal = indicatorOf(bands, typedNumbers(text));
    assert.ok(typeof refusal === "string" && refusal.includes(named), `${text}: ${refusal}`);
  }
  assert.deepEqual(indicatorOf(bands, typedNumbers("")), usualIndicator(bands));
});
