import type { MarketColumnName } from "./market_columns.ts";

/** Cells of a dashboard's row by their columns, as HTML: those that change with time and not with the stream. */
export type QuietCells = Readonly<Partial<Record<MarketColumnName, string>>>;

/** What a dashboard that is open learns besides its stream. */
export interface MarketNews {
  /** How much is exact since when, as text. */
  readonly exact: string;
  /** More is expected soon. */
  readonly isFilling: boolean;
  /** In the page's order. */
  readonly rows: readonly {
    readonly id: string;
    /** As the row's `data-ref`; null if it is not known. */
    readonly reference: string | null;
    readonly cells: QuietCells;
  }[];
}
