import { render } from "preact";
import type { ProductId } from "../../../lib/candles/product.ts";
import type { ChartSurface } from "../chart_surface.ts";
import { DrawingBar } from "./DrawingBar.tsx";
import { DrawingBoard } from "./drawing_board.ts";
import { listenToGestures } from "./gestures.ts";

export { DrawPanel } from "./DrawPanel.tsx";

/** A board on a chart, and a function that removes it. */
export interface OpenBoard {
  readonly board: DrawingBoard;
  close(): void;
}

/** Puts a product's drawings on a chart. Imported once there is something to draw. */
export function openBoard(surface: ChartSurface, productId: ProductId): OpenBoard {
  const board = new DrawingBoard(surface, productId);
  const stop = listenToGestures(board);
  const place = document.createElement("div");
  surface.element.after(place);
  render(<DrawingBar board={board} />, place);
  return {
    board,
    close() {
      stop();
      render(null, place);
      place.remove();
      board.close();
    },
  };
}
