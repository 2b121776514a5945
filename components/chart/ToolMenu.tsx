import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { closeWhenLeft } from "./browser/menu_closing.ts";

/** A menu of the chart's tools, whose content is loaded when it is about to be opened. */
export function ToolMenu<Props>(
  { title, name = "", count, load, content }: {
    title: string;
    /** For the style sheet. */
    name?: string;
    /** How many are chosen in it. */
    count: number;
    /** Loads what renders the content. Rejects if it cannot be loaded. */
    load: () => Promise<(props: Props) => ComponentChildren>;
    content: Props;
  },
) {
  const menu = useRef<HTMLDetailsElement>(null);
  const loaded = useSignal<{ readonly render: (props: Props) => ComponentChildren } | null>(null);
  const note = useSignal("Loading…");
  useEffect(() => menu.current === null ? undefined : closeWhenLeft(menu.current), []);
  const prepare = async () => {
    if (loaded.value !== null) return;
    try {
      const render = await load();
      loaded.value ??= { render };
    } catch {
      note.value = "This menu could not be loaded. Reload the page to try again.";
    }
  };
  return (
    <details class={`menu ${name}`.trim()} ref={menu} onToggle={prepare}>
      <summary data-setting="Chart" onFocus={prepare} onPointerEnter={prepare}>
        {title}
        {count > 0 && <span class="count">{count}</span>}
      </summary>
      <div class="menu-box">
        {loaded.value === null ? <p role="status">{note}</p> : loaded.value.render(content)}
      </div>
    </details>
  );
}
