/** What is in sight: places of candles, counted from the oldest, which may lie beyond both ends. */
export interface Sight {
  readonly from: number;
  readonly to: number;
}

const PAN = 0.1;
const LEAP = 0.8;
const ZOOM = 1.25;
const FEWEST = 10;

/**
 * Where a key moves the sight of so many candles: the arrows pan (with shift by most of it), plus and minus zoom,
 * Home and End go to the oldest and newest candles there are. Null if it is another key.
 */
export function sightByKey(
  { key, shiftKey }: Pick<KeyboardEvent, "key" | "shiftKey">,
  { from, to }: Sight,
  candles: number,
): Sight | null {
  const width = to - from;
  const pan = width * (shiftKey ? LEAP : PAN);
  switch (key) {
    case "ArrowLeft":
      return { from: from - pan, to: to - pan };
    case "ArrowRight":
      return { from: from + pan, to: to + pan };
    case "+":
    case "=":
      return { from: to - Math.max(FEWEST, width / ZOOM), to };
    case "-":
    case "_":
      return { from: to - width * ZOOM, to };
    case "Home":
      return { from: -1, to: width - 1 };
    case "End":
      return { from: candles + 2 - width, to: candles + 2 };
    default:
      return null;
  }
}
