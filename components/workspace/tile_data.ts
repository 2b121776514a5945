import type { WorkspaceChart } from "./workspace_chart.ts";

/** What a chart of a workspace begins with. */
export interface TileData {
  /** What it is of, as `chartSource` names it. */
  readonly source: string;
  /** Fraction digits of a price. */
  readonly digits: number;
  /** The newest candles, as `writeCandleRows` wrote them. */
  readonly rows: string;
  /** The URL of the page of candles before them; null if there are none. */
  readonly older: string | null;
  /** The id of the stream from which on nothing is missing; null if that is not known. */
  readonly position: string | null;
  /** Why there is no chart, in words; null if there is one. */
  readonly problem: string | null;
}

/** Names what a chart is of, whatever it is looked at with. */
export function chartSource({ productId, multiple }: WorkspaceChart): string {
  return `${productId}/${multiple.name}`;
}
