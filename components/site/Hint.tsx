import type { ComponentChildren } from "preact";

/** Words with an explanation on hover, focus or tap. Works without script. */
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
