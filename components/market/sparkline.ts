/** The box a sparkline is drawn in, in its own units. */
export const SPARKLINE_WIDTH = 69;
export const SPARKLINE_HEIGHT = 30;

/** Points kept, one for each hour of a day: more are hardly visible at a table row's size, and 500 rows are sent. */
const MAX_POINTS = 24;

/**
 * A line through the values as SVG path data, at the right of the box as far as the day's share goes, in whole units and
 * relative steps so that 500 of them compress well. Null for fewer than two values: a line needs two points.
 */
export function sparklinePath(values: readonly number[], share = 1): string | null {
  const points = thinned(values.filter(Number.isFinite));
  if (points.length < 2) return null;
  const low = Math.min(...points);
  const span = Math.max(...points) - low;
  const height = (value: number) =>
    span === 0 ? SPARKLINE_HEIGHT / 2 : Math.round((1 - (value - low) / span) * SPARKLINE_HEIGHT);
  const left = Math.round(SPARKLINE_WIDTH * (1 - share));
  const width = SPARKLINE_WIDTH - left;
  let path = "";
  let lastX = left;
  let lastY = 0;
  points.forEach((value, index) => {
    const x = left + Math.round((index / (points.length - 1)) * width);
    const y = height(value);
    path += index === 0 ? `M${left} ${y}l` : step(x - lastX, y - lastY, index > 1);
    lastX = x;
    lastY = y;
  });
  return path;
}

function step(dx: number, dy: number, separated: boolean): string {
  return `${separated ? " " : ""}${dx}${dy < 0 ? "" : " "}${dy}`;
}

/** Every nth value counted from the newest, which is always kept. */
function thinned(values: readonly number[]): readonly number[] {
  if (values.length <= MAX_POINTS) return values;
  const stride = (values.length - 1) / (MAX_POINTS - 1);
  return Array.from(
    { length: MAX_POINTS },
    (_, index) => values[Math.round(index * stride)] ?? 0,
  );
}
