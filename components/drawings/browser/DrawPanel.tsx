import type { DrawingKind } from "../../../lib/drawings/drawing.ts";
import { DRAWING_KINDS, DRAWINGS } from "../../../lib/drawings/drawing.ts";
import { keepFocusIn } from "../../site/browser/keep_focus.ts";
import { Icon } from "../../site/Icon.tsx";
import type { DrawingBoard } from "./drawing_board.ts";

const ICONS: Readonly<Record<DrawingKind, string>> = {
  horizontal: "M1.5 8h13M6.5 8a1.5 1.5 0 1 0 3 0 1.5 1.5 0 1 0-3 0",
  trend:
    "M4 12 12 4M1.5 13a1.5 1.5 0 1 0 3 0 1.5 1.5 0 1 0-3 0M11.5 3a1.5 1.5 0 1 0 3 0 1.5 1.5 0 1 0-3 0",
  ray: "M4 12 14 2M10.5 2H14v3.5M1.5 13a1.5 1.5 0 1 0 3 0 1.5 1.5 0 1 0-3 0",
  rectangle: "M2 4h12v8H2z",
  fibonacci: "M2 3h12M2 6.5h12M2 9.5h12M2 13h12",
  text: "M3 5V3h10v2M8 3v10M6 13h4",
};

/** The tools, whether they snap, and the drawings there are. */
export function DrawPanel({ board, onDone }: {
  board: DrawingBoard;
  /** What was chosen continues on the chart, which is given the focus. */
  onDone(): void;
}) {
  const drawings = board.drawings.value;
  return (
    <>
      <div class="draw-tools" role="group" aria-label="Drawing tools">
        {DRAWING_KINDS.map((kind) => (
          <button
            key={kind}
            type="button"
            aria-pressed={board.tool.value === kind ? "true" : "false"}
            onClick={(event) => {
              board.draft.value = null;
              board.select(null);
              board.tool.value = kind;
              // A click without a pointer: Enter or the space bar.
              if (event.detail === 0) board.placeInSight();
              onDone();
            }}
          >
            <Icon path={ICONS[kind]} />
            {DRAWINGS[kind].title}
          </button>
        ))}
      </div>
      <div class="menu-row">
        <label>
          <input
            type="checkbox"
            checked={board.isSnapping.value}
            onChange={(event) => board.isSnapping.value = event.currentTarget.checked}
          />
          Snap to open, high, low, close
        </label>
      </div>
      {drawings.length > 0 && (
        <ul class="draw-list" aria-label="Drawings">
          {drawings.map((drawing) => {
            const title = drawing.text || DRAWINGS[drawing.kind].title;
            return (
              <li key={drawing.id} class="menu-row">
                <button
                  type="button"
                  aria-label={`Select ${title}`}
                  onClick={() => {
                    board.tool.value = null;
                    board.select(drawing);
                    onDone();
                  }}
                >
                  {title}
                </button>
                <button
                  type="button"
                  aria-label={`Delete ${title}`}
                  title="Delete"
                  onClick={({ currentTarget }) => {
                    const panel = currentTarget.closest(".menu-box");
                    keepFocusIn(currentTarget.closest("li"), () => firstTool(panel));
                    board.remove(drawing.id);
                  }}
                >
                  <Icon path="m4 4 8 8M12 4l-8 8" />
                </button>
              </li>
            );
          })}
        </ul>
      )}
      {drawings.length > 1 && (
        <button
          type="button"
          class="draw-all"
          onClick={({ currentTarget }) => {
            firstTool(currentTarget.closest(".menu-box"))?.focus();
            board.removeAll();
          }}
        >
          Delete all
        </button>
      )}
      <p class="draw-help">
        Arrows move what is selected, Enter chooses an end, Delete removes it, Escape ends. They are
        kept in this browser.
      </p>
    </>
  );
}

function firstTool(panel: Element | null): HTMLElement | null {
  return panel?.querySelector<HTMLElement>(".draw-tools button") ?? null;
}
