import { useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

/** On a phone, which shows one chart at a time: its name, and links to the others. */
export function TileTabs({ names, grid }: {
  readonly names: readonly string[];
  /** The charts side by side, of which one is scrolled into sight. */
  readonly grid: RefObject<HTMLElement>;
}) {
  const seen = useSignal(0);

  useEffect(() => {
    const element = grid.current;
    if (element === null) return;
    const follow = () => {
      seen.value = Math.round(element.scrollLeft / Math.max(1, element.clientWidth));
    };
    follow();
    element.addEventListener("scroll", follow, { passive: true });
    return () => element.removeEventListener("scroll", follow);
  }, []);

  return (
    <nav class="tile-tabs" aria-label="Charts">
      {names.length > 1 && names.map((name, index) => (
        <a
          key={index}
          href={`#chart-${index + 1}`}
          aria-current={index === seen.value ? "true" : undefined}
        >
          {name}
        </a>
      ))}
    </nav>
  );
}
