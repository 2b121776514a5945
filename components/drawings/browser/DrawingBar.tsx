import { DRAWINGS, LONGEST_TEXT } from "../../../lib/drawings/drawing.ts";
import { lineAlertId } from "../../alerts/browser/line_alert.ts";
import { setAlert } from "../../alerts/browser/set_alert.ts";
import { Icon } from "../../site/Icon.tsx";
import { keyAction } from "../../site/key_action.ts";
import { alertCondition } from "../alert_condition.ts";
import { DRAWING_TEXT_KEYS } from "../drawing_keys.ts";
import type { DrawingBoard } from "./drawing_board.ts";

/** Over the chart while something is drawn or selected: what it is, its words, and how to be alerted at it, delete and end it. */
export function DrawingBar({ board }: { board: DrawingBoard }) {
  const tool = board.tool.value;
  const selected = board.selected.value;
  const condition = selected === null ? null : alertCondition(selected);
  const { element } = board.surface;
  const back = () => element.focus({ preventScroll: true });
  const isShown = tool !== null || selected !== null || board.problem.value !== "";
  return (
    <div class="drawing-bar" data-shown={isShown ? "" : undefined}>
      <p role="status">{textOf(board)}</p>
      {tool === null && selected !== null && (
        <>
          {selected.kind === "text" && (
            <input
              key={selected.id}
              type="text"
              aria-label="Words of the text"
              maxLength={LONGEST_TEXT}
              autocomplete="off"
              defaultValue={selected.text}
              onInput={(event) => board.write(event.currentTarget.value)}
              onKeyDown={(event) => {
                if (event.isComposing || keyAction(DRAWING_TEXT_KEYS, event) !== "done") return;
                event.stopPropagation();
                back();
              }}
            />
          )}
          {condition !== null && (
            <button
              type="button"
              title="Alert when the price crosses it"
              onClick={() => {
                setAlert(board.productId, condition, lineAlertId(selected.id));
                back();
              }}
            >
              Alert
            </button>
          )}
          <button
            type="button"
            onClick={() => {
              board.remove(selected.id);
              back();
            }}
          >
            Delete
          </button>
        </>
      )}
      {(tool !== null || selected !== null) && (
        <button
          type="button"
          aria-label="Done"
          title="Done"
          onClick={() => {
            while (board.stop());
            back();
          }}
        >
          <Icon path="m4 4 8 8M12 4l-8 8" />
        </button>
      )}
    </div>
  );
}

function textOf(board: DrawingBoard): string {
  if (board.problem.value !== "") return board.problem.value;
  const tool = board.tool.value;
  if (tool !== null) {
    const { title, anchors } = DRAWINGS[tool];
    if (anchors === 1) return `${title}: click its place`;
    return board.draft.value === null
      ? `${title}: drag from one end to the other`
      : `${title}: click its other end`;
  }
  const selected = board.selected.value;
  if (selected === null) return "";
  const { title } = DRAWINGS[selected.kind];
  return board.end.value === null ? title : `${title}, end ${board.end.value + 1}`;
}
