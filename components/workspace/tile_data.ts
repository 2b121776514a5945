import type { WorkspaceChart } from "./workspace_chart.ts";

/** The initial data of a chart of a workspace. */
export interface TileData {
  /** Its product and granularity, as `chartSource` names them. */
  readonly source: string;
  /** Fraction digits of a price. */
  readonly digits: number;
  /** The newest candles, as `writeCandleRows` wrote them. */
  readonly rows: string;
  /** The URL of the page of candles before them; null if there are none. */
  readonly older: string | null;
  /** The stream's id after which the rows miss nothing; null if that is not known. */
  readonly position: string | null;
  /** Why there is no chart, in words; null if there is one. */
  readonly problem: string | null;
}

/** Names a chart's product and granularity, without its view. */
export function chartSource({ productId, multiple }: WorkspaceChart): string {
  return `${productId}/${multiple.name}`;
}
