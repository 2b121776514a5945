import type { ComponentChildren } from "preact";

/** Words that say what they mean when they are pointed at, focused or tapped. Works without script. */
export function Hint(
  { id, text, children }: { id: string; text: string; children: ComponentChildren },
) {
  return (
    <span class="hint">
      <button type="button" aria-describedby={id}>{children}</button>
      <span role="tooltip" id={id}>{text}</span>
    </span>
  );
}
