import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Indicator } from "../../lib/indicators/indicator.ts";
import { closeWhenLeft } from "./browser/menu_closing.ts";
import type { IndicatorList } from "./IndicatorList.tsx";

/** The menu of indicators, whose rows are loaded when it is about to be opened. */
export function IndicatorMenu(
  { chosen, onChoose }: {
    chosen: readonly Indicator[];
    onChoose: (indicators: readonly Indicator[]) => void;
  },
) {
  const menu = useRef<HTMLDetailsElement>(null);
  const list = useSignal<{ readonly List: typeof IndicatorList } | null>(null);
  const note = useSignal("Loading…");
  useEffect(() => menu.current === null ? undefined : closeWhenLeft(menu.current), []);
  const load = async () => {
    if (list.value !== null) return;
    try {
      const { IndicatorList: List } = await import("./IndicatorList.tsx");
      list.value = { List };
    } catch {
      note.value = "The indicators could not be loaded.";
    }
  };
  const List = list.value?.List;
  return (
    <details class="menu" ref={menu} onToggle={load}>
      <summary onFocus={load} onPointerEnter={load}>
        Indicators{chosen.length > 0 && <span class="count">{chosen.length}</span>}
      </summary>
      <div class="menu-box">
        {List === undefined
          ? <p role="status">{note}</p>
          : <List chosen={chosen} onChoose={onChoose} />}
      </div>
    </details>
  );
}
