/** Products of one step of urgency. */
const STEP = 25;
const WATCHED = 9;
const MOST_TRADED = 8;

/**
 * How urgently a product's candles are waited for, 0 to 9: those of open streams first, then the most traded. `rank`
 * is its place by volume, null for one that the catalogue does not have, which comes last.
 */
export function repairUrgency(rank: number | null, isWatched: boolean): number {
  if (isWatched) return WATCHED;
  return rank === null ? 0 : Math.max(0, MOST_TRADED - Math.floor(rank / STEP));
}
