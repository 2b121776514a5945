import { keyAction } from "../../site/key_action.ts";
import { CHART_KEYS } from "../chart_keys.ts";

/** What is in sight: places of candles, counted from the oldest, which may lie beyond both ends. */
export interface Sight {
  readonly from: number;
  readonly to: number;
}

const PAN = 0.1;
const LEAP = 0.8;
const ZOOM = 1.25;
const FEWEST = 10;

/** Where a key moves a view of this many candles; null if it is not one of a chart's keys. */
export function sightByKey(
  press: Parameters<typeof keyAction>[1],
  { from, to }: Sight,
  candles: number,
): Sight | null {
  const width = to - from;
  const panned = (by: number) => ({ from: from + width * by, to: to + width * by });
  switch (keyAction(CHART_KEYS, press)) {
    case "older":
      return panned(-PAN);
    case "newer":
      return panned(PAN);
    case "muchOlder":
      return panned(-LEAP);
    case "muchNewer":
      return panned(LEAP);
    case "zoomIn":
      return { from: to - Math.max(FEWEST, width / ZOOM), to };
    case "zoomOut":
      return { from: to - width * ZOOM, to };
    case "oldest":
      return { from: -1, to: width - 1 };
    case "newest":
      return { from: candles + 2 - width, to: candles + 2 };
    case null:
      return null;
  }
}
