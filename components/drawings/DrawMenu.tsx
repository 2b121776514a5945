import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { ProductId } from "../../lib/candles/product.ts";
import { drawingsKey } from "../../lib/drawings/drawings_key.ts";
import { closeWhenLeft } from "../chart/browser/menu_closing.ts";
import { Icon } from "../site/Icon.tsx";
import type { ChartSurface } from "./chart_surface.ts";
import type { OpenBoard } from "./browser/open_board.tsx";

type BoardModule = typeof import("./browser/open_board.tsx");

/** Draws on a chart. What that takes is loaded when the menu is first opened, or where something was drawn before. */
export function DrawMenu({ productId, surface }: {
  productId: ProductId;
  /** Null until there is a chart to draw on. */
  surface: ChartSurface | null;
}) {
  const menu = useRef<HTMLDetailsElement>(null);
  const opened = useSignal<{ readonly on: OpenBoard; readonly parts: BoardModule } | null>(null);
  const isWanted = useSignal(false);
  const note = useSignal("");
  const wanted = isWanted.value;

  useEffect(() => menu.current === null ? undefined : closeWhenLeft(menu.current), []);
  useEffect(() => {
    if (surface === null) return;
    // A board lasts as long as its chart: with one way to open it there is never a second one on it.
    if (!wanted) {
      if (isDrawnOn(productId)) {
        isWanted.value = true;
        return;
      }
      const follow = ({ key }: StorageEvent) => {
        if (key === drawingsKey(productId)) isWanted.value = true;
      };
      addEventListener("storage", follow);
      return () => removeEventListener("storage", follow);
    }
    let isGone = false;
    import("./browser/open_board.tsx").then((parts) => {
      if (!isGone) opened.value = { on: parts.openBoard(surface, productId), parts };
    }, () => {
      note.value = "The drawing tools could not be loaded. Reload the page to try again.";
    });
    return () => {
      isGone = true;
      opened.value?.on.close();
      opened.value = null;
    };
  }, [surface, productId, wanted]);

  const { on, parts } = opened.value ?? {};
  const count = on?.board.drawings.value.length ?? 0;
  return (
    <details
      class="menu draw-menu"
      ref={menu}
      onToggle={({ currentTarget }) => {
        if (currentTarget.open) isWanted.value = true;
      }}
    >
      <summary title="Draw on the chart" data-setting="Chart">
        <Icon path="m3 13 .7-3L11 2.7 13.3 5 6 12.3z" />
        Draw{count > 0 && <span class="count">{count}</span>}
      </summary>
      <div class="menu-box">
        {on !== undefined && parts !== undefined
          ? (
            <parts.DrawPanel
              board={on.board}
              onDone={() => {
                if (menu.current !== null) menu.current.open = false;
                surface?.element.focus({ preventScroll: true });
              }}
            />
          )
          : <p class="draw-help" role="status">{note.value || "Loading…"}</p>}
      </div>
    </details>
  );
}

function isDrawnOn(productId: ProductId): boolean {
  try {
    return localStorage.getItem(drawingsKey(productId)) !== null;
  } catch {
    return false;
  }
}
