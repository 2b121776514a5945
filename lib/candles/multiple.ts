import {
  type EpochSeconds,
  type Granularity,
  GRANULARITY_SECONDS,
  largestDivisor,
  parseGranularity,
} from "./granularity.ts";

/**
 * A granularity of history: a stored one, or a whole multiple of one. Buckets are aligned to the
 * epoch in UTC, as the stored ones are, so a seven-day bucket begins on a Thursday.
 */
export interface Multiple {
  /** `FOUR_HOUR`, `NINETY_MINUTE`; `77m` where the number has no name of one word. */
  readonly name: string;
  readonly seconds: number;
  /** The largest stored granularity that divides it, from which its candles are merged. */
  readonly of: Granularity;
  /** The number of parts; 1 for a stored granularity. */
  readonly parts: number;
}

/** What a granularity of history may look like, for error messages. */
export const MULTIPLE_SHAPE = "a stored granularity, or a multiple of one such as FOUR_HOUR, 90m " +
  "or 14400 (seconds), of at most 31 days and 1440 times the largest stored one that divides it";

const DAY_SECONDS = GRANULARITY_SECONDS.ONE_DAY;
const MAX_SECONDS = 31 * DAY_SECONDS;
const MAX_PARTS = 1440;

const WORDS: readonly (readonly [string, number])[] = [
  "ONE TWO THREE FOUR FIVE SIX SEVEN EIGHT NINE TEN ELEVEN TWELVE THIRTEEN FOURTEEN FIFTEEN SIXTEEN",
  "SEVENTEEN EIGHTEEN NINETEEN TWENTY",
].join(" ").split(" ").map((word, index) => [word, index + 1] as const)
  .concat([["THIRTY", 30], ["FORTY", 40], ["FORTY_FIVE", 45], ["FIFTY", 50], ["NINETY", 90]]);

const NUMBER_OF: ReadonlyMap<string, number> = new Map(WORDS);
const WORD_OF: ReadonlyMap<number, string> = new Map(WORDS.map(([word, count]) => [count, word]));

/** Largest first: a multiple is named in the largest unit that it is a whole number of. */
const UNITS = [
  { name: "DAY", letter: "d", seconds: DAY_SECONDS },
  { name: "HOUR", letter: "h", seconds: GRANULARITY_SECONDS.ONE_HOUR },
  { name: "MINUTE", letter: "m", seconds: GRANULARITY_SECONDS.ONE_MINUTE },
] as const;

/**
 * Reads a granularity of history as people write it: all that `parseGranularity` reads, and `FOUR_HOUR`, `4h`,
 * `90m`, `3d` or seconds. Letters' case does not matter. Null if it is not a multiple of a minute or too long.
 */
export function parseMultiple(text: string): Multiple | null {
  const stored = parseGranularity(text);
  const seconds = stored === null ? readSeconds(text.toUpperCase()) : GRANULARITY_SECONDS[stored];
  if (seconds === null || seconds <= 0 || seconds > MAX_SECONDS) return null;
  const of = stored ?? largestDivisor(seconds);
  if (of === null) return null;
  const parts = seconds / GRANULARITY_SECONDS[of];
  return parts > MAX_PARTS ? null : { name: nameOf(seconds), seconds, of, parts };
}

/** A stored granularity as the multiple that it is. */
export function storedMultiple(of: Granularity): Multiple {
  return { name: of, seconds: GRANULARITY_SECONDS[of], of, parts: 1 };
}

/** The short name people read: `4h`. */
export function shortMultiple({ seconds }: Multiple): string {
  for (const { letter, seconds: unit } of UNITS) {
    if (seconds % unit === 0) return `${seconds / unit}${letter}`;
  }
  return `${seconds}`;
}

/** The start of the bucket that holds the instant `seconds` (epoch seconds). */
export function multipleStart(seconds: number, multiple: Multiple): EpochSeconds {
  return seconds - seconds % multiple.seconds as EpochSeconds;
}

function readSeconds(text: string): number | null {
  if (/^\d{1,7}$/.test(text)) return Number(text);
  const short = /^(\d{1,5})([DHM])$/.exec(text);
  const long = /^([A-Z_]+?)_(DAY|HOUR|MINUTE)S?$/.exec(text);
  const unit = UNITS.find(({ name, letter }) =>
    name === long?.[2] || letter.toUpperCase() === short?.[2]
  );
  const count = long?.[1] === undefined ? Number(short?.[1]) : NUMBER_OF.get(long[1]);
  return unit === undefined || count === undefined ? null : count * unit.seconds;
}

function nameOf(seconds: number): string {
  for (const { name, letter, seconds: unit } of UNITS) {
    if (seconds % unit !== 0) continue;
    const word = WORD_OF.get(seconds / unit);
    return word === undefined ? `${seconds / unit}${letter}` : `${word}_${name}`;
  }
  return `${seconds}`;
}
