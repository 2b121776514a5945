import type { Candle } from "../../lib/candles/candle.ts";
import type { LiveChart, LiveChartListener } from "../chart/browser/live_chart.ts";
import type { TileTurns } from "./browser/tile_turns.ts";
import type { FindableProduct } from "./product_matches.ts";
import type { SavedWorkspaces } from "./saved_workspaces.ts";
import type { TileData } from "./tile_data.ts";
import type { WorkspaceChart } from "./workspace_chart.ts";
import type { ChartLinks } from "./workspace_layout.ts";

/** The parts of a workspace that only a browser has. */
export interface LiveWorkspaceParts {
  readonly saved: SavedWorkspaces;
  readonly turns: TileTurns;
  /** Opens a chart, which is one of those that are linked. */
  open(
    chart: WorkspaceChart,
    data: TileData,
    candles: readonly Candle[],
    listener: LiveChartListener,
  ): LiveChart;
  /** A person moves a chart, so the others follow it. */
  lead(chart: LiveChart): void;
  link(links: ChartLinks): void;
  /** Reads what a chart begins with. Rejects if that fails; with a `PageRefusal` if there is no such product. */
  load(chart: WorkspaceChart, signal: AbortSignal): Promise<TileData>;
  /** All products, the most traded first. Rejects when they cannot be read. */
  products(): Promise<readonly FindableProduct[]>;
}
