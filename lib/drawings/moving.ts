import type { Drawing } from "./drawing.ts";
import { isAnchor } from "./drawing.ts";
import type { Plot, Point } from "./plot.ts";

/**
 * A drawing moved by a number of pixels, or only its anchor with the index `end`. Unchanged if it would move to where
 * the chart has no time or price.
 */
export function movedBy(drawing: Drawing, by: Point, end: number | null, plot: Plot): Drawing {
  const anchors = drawing.anchors.map((anchor, place) => {
    if (end !== null && place !== end) return anchor;
    const at = plot.pointOf(anchor);
    const moved = at === null ? null : plot.anchorOf({ x: at.x + by.x, y: at.y + by.y });
    if (moved === null) return null;
    // Moved along one direction alone, the other one stays exactly what it was.
    return {
      time: by.x === 0 ? anchor.time : moved.time,
      price: by.y === 0 ? anchor.price : moved.price,
    };
  });
  const valid = anchors.filter((anchor) => anchor !== null).filter(isAnchor);
  return valid.length === anchors.length ? { ...drawing, anchors: valid } : drawing;
}

/**
 * The same by a key: up or down at least one step of the price's last of `digits` places, which may be more pixels high
 * than the key goes.
 */
export function movedByKey(
  drawing: Drawing,
  by: Point,
  end: number | null,
  plot: Plot,
  digits: number,
): Drawing {
  const moved = movedBy(drawing, by, end, plot);
  const isMoved = moved.anchors.some(({ price }, place) => price !== drawing.anchors[place]?.price);
  if (by.y === 0 || isMoved) return moved;
  const step = -Math.sign(by.y) * 10 ** -digits;
  const anchors = drawing.anchors.map(({ time, price }, place) =>
    end !== null && place !== end ? { time, price } : {
      time,
      price: Number((price + step).toFixed(digits)),
    }
  );
  return anchors.every(isAnchor) ? { ...drawing, anchors } : drawing;
}
