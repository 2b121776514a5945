import type { Random } from "./random.ts";
import type { Crowd } from "./past_minutes.ts";

/** A taker's order fills against several makers now and then: same microsecond, adjacent ids. */
const ANOTHER_FILL = 0.3;

/** What a minute's trades add up to: prices in whole ticks, volume in whole units. */
export interface MinuteShape {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly trades: number;
}

/** When a minute starts and how much of it there is, in microseconds. */
export interface MinuteSpan {
  readonly startMicros: number;
  readonly spanMicros: number;
}

/** Trades in columns, oldest first; a negative size means that the maker sold. */
export interface TradeBlock {
  readonly length: number;
  readonly micros: Float64Array;
  readonly ticks: Float64Array;
  readonly signedSizes: Float64Array;
}

/**
 * Trades that make exactly this minute: the first at its open, the last at its close, none beyond
 * its high and low, which are both met, and sizes that sum to its volume. The shape must allow
 * for that: high and low beyond open and close need a trade each between the first and the last,
 * and each trade a unit of the volume.
 */
export function minuteTrades(
  shape: MinuteShape,
  span: MinuteSpan,
  crowds: readonly Crowd[],
  random: Random,
): TradeBlock {
  const micros = times(shape.trades, span, crowds, random);
  const ticks = prices(shape, random);
  const signedSizes = sizes(shape, random);
  for (let first = 0, past = 1; first < shape.trades; first = past++) {
    while (past < shape.trades && micros[past] === micros[first]) past++;
    const buys = sortFills(ticks, first, past, random);
    // The taker who buys takes from a maker who sells.
    for (let i = first; buys && i < past; i++) signedSizes[i] = -(signedSizes[i] ?? 0);
  }
  return { length: shape.trades, micros, ticks, signedSizes };
}

/** Puts one taker's fills in the order in which they get worse for him; returns whether he buys. */
function sortFills(ticks: Float64Array, first: number, past: number, random: Random): boolean {
  const from = past - first > 1 ? first : Math.max(0, first - 1);
  const move = (ticks[past - 1] ?? 0) - (ticks[from] ?? 0);
  const certainty = past - first > 1 ? 0.5 : 0.3;
  const buys = random.next() < 0.5 + certainty * Math.sign(move);
  // Open and close stay where they are; `times` gives them no other fills.
  if (first === 0 || past === ticks.length) return buys;
  const fills = ticks.subarray(first, past).sort();
  if (!buys) fills.reverse();
  return buys;
}

function times(
  count: number,
  { startMicros, spanMicros }: MinuteSpan,
  crowds: readonly Crowd[],
  random: Random,
): Float64Array {
  const micros = new Float64Array(count);
  const usual = count - crowds.reduce((sum, { trades }) => sum + trades, 0);
  let passed = 0;
  for (let i = 0; i < usual; i++) {
    const isEdge = i < 2 || i === usual - 1;
    if (isEdge || random.next() >= ANOTHER_FILL) passed += random.exponential();
    micros[i] = passed;
  }
  const whole = passed + random.exponential();
  for (let i = 0; i < usual; i++) {
    const share = Math.min((micros[i] ?? 0) / whole * spanMicros, spanMicros - 1);
    micros[i] = startMicros + Math.floor(share);
  }
  if (crowds.length === 0) return micros;
  let at = usual;
  for (const { second, trades } of crowds) {
    for (let i = 0; i < trades; i++) micros[at++] = second * 1e6 + Math.floor(i / trades * 1e6);
  }
  return micros.sort();
}

function prices({ open, high, low, close, trades }: MinuteShape, random: Random): Float64Array {
  const ticks = new Float64Array(trades);
  const last = trades - 1;
  if (last === 0) return ticks.fill(close);
  let walked = 0;
  for (let i = 1; i < trades; i++) {
    walked += random.normal();
    ticks[i] = walked;
  }
  // A bridge from open to close, about as volatile as the minute is.
  const scale = (high - low) / Math.sqrt(trades);
  let highest = 1;
  let lowest = 1;
  for (let i = 1; i < last; i++) {
    const share = i / last;
    const roam = ((ticks[i] ?? 0) - share * walked) * scale;
    const price = Math.round(open + (close - open) * share + roam);
    ticks[i] = Math.min(high, Math.max(low, price));
    if ((ticks[i] ?? 0) > (ticks[highest] ?? 0)) highest = i;
    if ((ticks[i] ?? 0) < (ticks[lowest] ?? 0)) lowest = i;
  }
  ticks[0] = open;
  ticks[last] = close;
  const reachesUp = high > Math.max(open, close);
  const reachesDown = low < Math.min(open, close);
  if (reachesUp) ticks[highest] = high;
  if (reachesDown && reachesUp && lowest === highest) lowest = highest === 1 ? 2 : 1;
  if (reachesDown) ticks[lowest] = low;
  return ticks;
}

function sizes({ volume, trades }: MinuteShape, random: Random): Float64Array {
  const weights = new Float64Array(trades);
  let all = 0;
  for (let i = 0; i < trades; i++) all += weights[i] = Math.exp(1.6 * random.normal());
  let largest = 0;
  let left = volume;
  for (let i = 0; i < trades; i++) {
    const weight = weights[i] ?? 0;
    const units = 1 + Math.floor((volume - trades) * weight / all);
    left -= units;
    weights[i] = units;
    if (units > (weights[largest] ?? 0)) largest = i;
  }
  // What rounding down left over, a unit a trade at most.
  weights[largest] = (weights[largest] ?? 0) + left;
  return weights;
}
