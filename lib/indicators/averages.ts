/** A value for each candle; null where it is not defined yet. */
export type Line = readonly (number | null)[];

/** The simple moving average: the mean of the last `period` values. */
export function sma(values: Line, period: number): Line {
  let sum = 0;
  return overRuns(values, (value, index, run) => {
    sum = index === 0 ? value : sum + value;
    if (index >= period) sum -= run[index - period] ?? 0;
    return index >= period - 1 ? sum / period : null;
  });
}

/** The exponential moving average, which begins as the simple one of the first `period` values. */
export function ema(values: Line, period: number): Line {
  return smoothed(values, period, 2 / (period + 1));
}

/** Wilder's smoothing: an exponential average that forgets half as fast. */
export function wilder(values: Line, period: number): Line {
  return smoothed(values, period, 1 / period);
}

function smoothed(values: Line, period: number, weight: number): Line {
  let average = 0;
  return overRuns(values, (value, index) => {
    if (index === 0) average = 0;
    if (index < period) average += value / period;
    else average += (value - average) * weight;
    return index >= period - 1 ? average : null;
  });
}

/** Maps each run of values without nulls by itself; what is null stays null. */
function overRuns(
  values: Line,
  next: (value: number, index: number, run: readonly number[]) => number | null,
): Line {
  let run: number[] = [];
  return values.map((value) => {
    if (value === null) {
      run = [];
      return null;
    }
    run.push(value);
    return next(value, run.length - 1, run);
  });
}
