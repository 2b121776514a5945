declare const brand: unique symbol;

/** Whole seconds since 1970-01-01T00:00:00Z. */
export type EpochSeconds = number & { readonly [brand]: "EpochSeconds" };

/**
 * All granularities with their length in seconds: the one list of them, from which the rest derives. A length is a whole
 * number of minutes that divides the day.
 */
export const GRANULARITY_SECONDS = {
  ONE_MINUTE: 60,
  FIVE_MINUTE: 300,
  FIFTEEN_MINUTE: 900,
  THIRTY_MINUTE: 1800,
  ONE_HOUR: 3600,
  TWO_HOUR: 7200,
  SIX_HOUR: 21600,
  ONE_DAY: 86400,
} as const;

/** A candle's length, in Coinbase's spelling. */
export type Granularity = keyof typeof GRANULARITY_SECONDS;

/** All granularities, smallest first: also the order in which closes are published. */
export const GRANULARITIES: readonly Granularity[] = Object.freeze(
  Object.keys(GRANULARITY_SECONDS).filter(isGranularity)
    .sort((a, b) => GRANULARITY_SECONDS[a] - GRANULARITY_SECONDS[b]),
);

/** The granularities that are derived from minutes, smallest first. */
export const LARGER_GRANULARITIES: readonly Granularity[] = Object.freeze(GRANULARITIES.slice(1));

const BY_ALIAS: ReadonlyMap<string, Granularity> = new Map(
  GRANULARITIES.flatMap((granularity) => {
    const seconds = GRANULARITY_SECONDS[granularity];
    return [granularity, `${granularity}S`, shortGranularity(granularity), `${seconds}`]
      .map((alias) => [alias, granularity] as const);
  }),
);

/** Whether a text is a granularity in its canonical spelling (no aliases). */
export function isGranularity(text: unknown): text is Granularity {
  return typeof text === "string" && Object.hasOwn(GRANULARITY_SECONDS, text);
}

/**
 * Reads a granularity as people write it: `FIVE_MINUTE`, the plural `FIVE_MINUTES`, `5m` or `300`
 * (seconds). Letters' case does not matter. Null for any other text.
 */
export function parseGranularity(text: string): Granularity | null {
  return BY_ALIAS.get(text) ?? BY_ALIAS.get(text.toUpperCase()) ??
    BY_ALIAS.get(text.toLowerCase()) ?? null;
}

/** The short name people read: `5m`. */
export function shortGranularity(granularity: Granularity): string {
  const minutes = GRANULARITY_SECONDS[granularity] / 60;
  if (minutes % 1440 === 0) return `${minutes / 1440}d`;
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`;
}

/** The largest granularity of which `seconds` (a length) is a whole multiple; null if there is none. */
export function largestDivisor(seconds: number): Granularity | null {
  return GRANULARITIES.findLast((granularity) =>
    seconds % GRANULARITY_SECONDS[granularity] === 0
  ) ?? null;
}

/** The granularity of the parts that a candle of this one is merged from; null for the minute. */
export function partOf(granularity: Granularity): Granularity | null {
  return PARTS.get(granularity) ?? null;
}

const PARTS: ReadonlyMap<Granularity, Granularity | undefined> = new Map(
  GRANULARITIES.map((granularity, index) => {
    const seconds = GRANULARITY_SECONDS[granularity];
    const smaller = GRANULARITIES.slice(0, index);
    return [granularity, smaller.findLast((part) => seconds % GRANULARITY_SECONDS[part] === 0)];
  }),
);

/** Whole seconds as `EpochSeconds`. Throws a `TypeError` for anything but a safe integer. */
export function epochSeconds(seconds: number): EpochSeconds {
  if (!Number.isSafeInteger(seconds)) throw new TypeError(`not whole epoch seconds: ${seconds}`);
  return seconds as EpochSeconds;
}

/** The UTC-aligned start of the bucket that holds the instant `epochMs` (milliseconds). */
export function bucketStart(epochMs: number, granularity: Granularity): EpochSeconds {
  const seconds = GRANULARITY_SECONDS[granularity];
  return Math.floor(epochMs / (seconds * 1000)) * seconds as EpochSeconds;
}

/** The start of the bucket of `granularity` that holds the smaller bucket starting at `start`. */
export function containingStart(start: EpochSeconds, granularity: Granularity): EpochSeconds {
  return start - start % GRANULARITY_SECONDS[granularity] as EpochSeconds;
}

/** A bucket's end (exclusive), which is the next bucket's start. */
export function bucketEnd(start: EpochSeconds, granularity: Granularity): EpochSeconds {
  return start + GRANULARITY_SECONDS[granularity] as EpochSeconds;
}
