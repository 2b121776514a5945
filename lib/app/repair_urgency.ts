/** Products of one step of urgency. */
const STEP = 25;
const WATCHED = 9;
const MOST_TRADED = 8;

/**
 * How urgent a product's repairs are, 0 to 9: products of open streams first, then the most traded. `rank` is its place
 * by volume, null for a product that is not in the catalogue, which comes last.
 */
export function repairUrgency(rank: number | null, isWatched: boolean): number {
  if (isWatched) return WATCHED;
  return rank === null ? 0 : Math.max(0, MOST_TRADED - Math.floor(rank / STEP));
}
