import type { MarketColumnName } from "./market_columns.ts";

/** Cells of a dashboard's row by their columns, as HTML: those that change with time and not with the stream. */
export type QuietCells = Readonly<Partial<Record<MarketColumnName, string>>>;

/** What an open dashboard gets beside its stream. */
export interface MarketNews {
  /** How many of all products rose and fell in 24 hours. */
  readonly up: number;
  readonly down: number;
  /** The summary of exact products, as text. */
  readonly exact: string;
  /** Whether more is expected soon. */
  readonly isFilling: boolean;
  /** In the page's order. */
  readonly rows: readonly {
    readonly id: string;
    /** As the row's `data-ref`; null if it is not known. */
    readonly reference: string | null;
    readonly cells: QuietCells;
  }[];
}
