import type { ITimeScaleApi, Time } from "lightweight-charts";

const PAN = 0.1;
const LEAP = 0.8;
const ZOOM = 1.25;
const FEWEST = 10;

/**
 * Lets the keyboard move a chart: the arrows pan (with shift by most of the view), plus and minus zoom, Home and
 * End go to the oldest and newest candles there are. Whether the key was one of them.
 */
export function moveByKey(
  event: Pick<KeyboardEvent, "key" | "shiftKey">,
  scale: ITimeScaleApi<Time>,
  candles: number,
): boolean {
  const range = scale.getVisibleLogicalRange();
  if (range === null) return false;
  const { from, to } = range;
  const width = to - from;
  const pan = width * (event.shiftKey ? LEAP : PAN);
  switch (event.key) {
    case "ArrowLeft":
      scale.setVisibleLogicalRange({ from: from - pan, to: to - pan });
      return true;
    case "ArrowRight":
      scale.setVisibleLogicalRange({ from: from + pan, to: to + pan });
      return true;
    case "+":
    case "=":
      scale.setVisibleLogicalRange({ from: to - Math.max(FEWEST, width / ZOOM), to });
      return true;
    case "-":
    case "_":
      scale.setVisibleLogicalRange({ from: to - width * ZOOM, to });
      return true;
    case "Home":
      scale.setVisibleLogicalRange({ from: -1, to: width - 1 });
      return true;
    case "End":
      scale.setVisibleLogicalRange({ from: candles + 2 - width, to: candles + 2 });
      return true;
    default:
      return false;
  }
}
