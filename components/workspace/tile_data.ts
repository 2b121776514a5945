import type { LiveCandlesProps } from "../chart/live_candles.tsx";
import type { WorkspaceChart } from "./workspace_chart.ts";

/** The initial data of a chart of a workspace. */
export interface TileData extends Pick<LiveCandlesProps, "digits" | "rows" | "older"> {
  /** Its product and granularity, as `chartSource` names them. */
  readonly source: string;
  /** The stream's id after which the rows miss nothing; null if that is not known. */
  readonly position: string | null;
  /** Why there is no chart, in words; null if there is one. */
  readonly problem: string | null;
}

/** Names a chart's product and granularity, without its view. */
export function chartSource({ productId, multiple }: WorkspaceChart): string {
  return `${productId}/${multiple.name}`;
}
