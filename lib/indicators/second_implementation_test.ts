import assert from "node:assert/strict";
import {
  ADX,
  ATR,
  BollingerBands,
  DonchianChannels,
  EMA,
  IchimokuCloud,
  KeltnerChannels,
  MACD,
  MFI,
  OBV,
  RSI,
  SMA,
  StochasticOscillator,
  SuperTrend,
} from "trading-signals";
import { INDICATOR_KINDS } from "./indicator_table.ts";
import { settingsByName, usualIndicator } from "./parse_indicators.ts";
import type { Cell, Traded } from "./sheet.ts";
import { linesOf } from "./test_candles.ts";
import { walk } from "./test_walk.ts";

/** Another library's values for a candle, for those of our lines that it has. */
type Second = (candle: Traded) => readonly (Cell | undefined)[];

/** By name, with our default settings; independent implementations. */
const SECOND: Readonly<Record<string, (settings: Readonly<Record<string, number>>) => Second>> = {
  sma: ({ period = 0 }) => one(new SMA(period)),
  ema: ({ period = 0 }) => one(new EMA(period)),
  volume: ({ period = 0 }) => {
    const average = new SMA(period);
    return ({ volume }) => [average.add(volume)];
  },
  rsi: ({ period = 0 }) => one(new RSI(period)),
  bb: ({ period = 0, deviations = 0 }) => {
    const bands = new BollingerBands(period, deviations);
    return ({ close }) => {
      const found = bands.add(close);
      return [found?.middle, found?.upper, found?.lower];
    };
  },
  macd: ({ fast = 0, slow = 0, signal = 0 }) => {
    const distance = new MACD(new EMA(fast), new EMA(slow), new EMA(signal));
    return ({ close }) => {
      const found = distance.add(close);
      return [found?.histogram, found?.macd, found?.signal];
    };
  },
  atr: ({ period = 0 }) => {
    const range = new ATR(period);
    return (candle) => [range.add(candle)];
  },
  adx: ({ period = 0 }) => {
    const index = new ADX(period);
    return (candle) => {
      const found = index.add(candle);
      return [found, (index.pdi ?? NaN) * 100, (index.mdi ?? NaN) * 100];
    };
  },
  stoch: ({ period = 0, slowing = 0, signal = 0 }) => {
    const oscillator = new StochasticOscillator({
      kPeriod: period,
      kSlowingPeriod: slowing,
      dPeriod: signal,
    });
    return (candle) => {
      const found = oscillator.add(candle);
      return [found?.stochK, found?.stochD];
    };
  },
  mfi: ({ period = 0 }) => {
    const index = new MFI(period);
    return (candle) => [index.add(candle)];
  },
  obv: () => {
    const balance = new OBV(2);
    return (candle) => [balance.add(candle)];
  },
  donchian: ({ period = 0 }) => {
    const channel = new DonchianChannels(period);
    return (candle) => {
      const found = channel.add(candle);
      return [found?.middle, found?.upper, found?.lower];
    };
  },
  keltner: ({ period = 0, ranges = 0, atr = 0 }) => {
    const channel = new KeltnerChannels({
      emaInterval: period,
      multiplier: ranges,
      atrInterval: atr,
    });
    return (candle) => {
      const found = channel.add(candle);
      return [found?.middle, found?.upper, found?.lower];
    };
  },
  supertrend: ({ period = 0, ranges = 0 }) => {
    const trend = new SuperTrend({ interval: period, multiplier: ranges });
    return (candle) => [trend.add(candle)?.supertrend];
  },
  ichimoku: ({ conversion = 0, base = 0, span = 0 }) => {
    const cloud = new IchimokuCloud({
      conversionInterval: conversion,
      baseInterval: base,
      spanBInterval: span,
    });
    return (candle) => {
      const found = cloud.add(candle);
      return [found?.conversion, found?.base, found?.spanA, found?.spanB, candle.close];
    };
  },
  // It has no average that begins with the day, and none of what was really paid: this one is written out plainly.
  vwap: () => plainVwap,
  vwapbands: ({ deviations = 0 }) => {
    const [day, prices]: [number[], [number, number][]] = [[NaN], []];
    return (candle) => {
      const own = Math.floor(candle.start / 86_400);
      if (own !== day[0]) prices.length = 0;
      day[0] = own;
      prices.push([(candle.quoteVolume ?? NaN) / candle.volume, candle.volume]);
      const all = prices.reduce((sum, [, volume]) => sum + volume, 0);
      const mean = prices.reduce((sum, [price, volume]) => sum + price * volume, 0) / all;
      const squares = prices.reduce(
        (sum, [price, volume]) => sum + volume * (price - mean) ** 2,
        0,
      );
      const wide = deviations * Math.sqrt(squares / all);
      return [mean, mean + wide, mean - wide];
    };
  },
};

/** Where exponential averages have forgotten that theirs begins with the first value, and ours with the mean of the first ones. */
const SETTLED = 700;

for (const kind of INDICATOR_KINDS) {
  Deno.test(`indicators - ${kind.name} is what a second implementation gives`, () => {
    const { settings } = usualIndicator(kind);
    const candles = walk(1000);
    const own = linesOf(kind, settings, candles);
    const second = SECOND[kind.name]?.(settingsByName(kind, settings));
    assert.ok(second !== undefined, "none");
    candles.forEach((candle, index) => {
      const wanted = second(candle);
      if (index < SETTLED) return;
      assert.equal(wanted.length, own.length);
      wanted.forEach((value, line) => {
        const found = own[line]?.[index];
        assert.ok(typeof value === "number" && typeof found === "number", `${found} at ${index}`);
        const near = 1e-8 * Math.max(1, Math.abs(value));
        assert.ok(Math.abs(found - value) <= near, `${found} of line ${line} is not ${value}`);
      });
    });
  });
}

function one(indicator: { add(value: number): number | null }): Second {
  return ({ close }) => [indicator.add(close)];
}

const today: Traded[] = [];

function plainVwap(candle: Traded): readonly number[] {
  const day = Math.floor(candle.start / 86_400) * 86_400;
  while (today.length > 0 && (today[0]?.start ?? 0) < day) today.shift();
  today.push(candle);
  const paid = today.reduce((sum, { quoteVolume }) => sum + (quoteVolume ?? NaN), 0);
  return [paid / today.reduce((sum, { volume }) => sum + volume, 0)];
}
