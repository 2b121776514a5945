/** What was measured at one size. */
export interface GrowthPoint {
  /** Products, clients, keys or days. */
  readonly size: number;
  /** Trades, events, rows or whatever the curve counts. */
  readonly items: number;
  readonly cpuMicrosPerItem: number;
  /** Of the curve's own kind of wait, milliseconds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly residentBytes: number;
  /** Living, after a collection where one can be forced. */
  readonly heapBytes: number;
}

/**
 * How a cost changes with the size: 0 is flat, 1 is proportional to the size, -1 is a fixed cost
 * that is shared.
 */
export interface Slope {
  readonly overall: number;
  /** The first size above which a doubling costs an item clearly more; null if there is none. */
  readonly bendsAt: number | null;
}

/** A local slope above this is a bend: each doubling of the size costs an item 19 % more. */
const BEND = 0.25;

/** The slope of a cost over sizes, both by their logarithms. */
export function slopeOf(
  points: readonly GrowthPoint[],
  cost: (point: GrowthPoint) => number,
): Slope {
  const places = points.map((point) => ({ x: Math.log(point.size), y: Math.log(cost(point)) }));
  const meanX = mean(places.map(({ x }) => x));
  const meanY = mean(places.map(({ y }) => y));
  const spread = places.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  const overall = places.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0) / spread;
  const bend = places.findIndex(({ x, y }, at) => {
    const before = places[at - 1];
    return before !== undefined && (y - before.y) / (x - before.x) > BEND;
  });
  return { overall, bendsAt: bend < 1 ? null : points[bend - 1]?.size ?? null };
}

/** One curve as text: a line a point, then the slopes. */
export function curveText(
  title: string,
  unit: string,
  item: string,
  points: readonly GrowthPoint[],
): string {
  const head = [unit, `µs CPU/${item}`, "p50 ms", "p99 ms", "MB resident", "MB heap"];
  const rows = points.map((point) => [
    `${point.size}`,
    rounded(point.cpuMicrosPerItem),
    rounded(point.p50Ms),
    rounded(point.p99Ms),
    rounded(point.residentBytes / 2 ** 20),
    rounded(point.heapBytes / 2 ** 20),
  ]);
  const slopes = [
    slopeText(`CPU per ${item}`, slopeOf(points, ({ cpuMicrosPerItem }) => cpuMicrosPerItem)),
    slopeText("p50", slopeOf(points, ({ p50Ms }) => p50Ms)),
    slopeText("resident", slopeOf(points, ({ residentBytes }) => residentBytes)),
  ];
  const line = (cells: readonly string[]) => cells.map((cell) => cell.padStart(16)).join("");
  return [title, line(head), ...rows.map(line), `  slopes: ${slopes.join("; ")}`].join("\n");
}

function slopeText(name: string, { overall, bendsAt }: Slope): string {
  return `${name} ${overall.toFixed(2)}${bendsAt === null ? "" : `, bends at ${bendsAt}`}`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function rounded(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}
