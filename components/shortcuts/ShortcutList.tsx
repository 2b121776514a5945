import { KeyCaps } from "./KeyCaps.tsx";
import type { ShortcutGroup } from "./shortcut_table.ts";

/** The keys of one part of the pages, and what each does there. */
export function ShortcutList({ group: { id, title, when, shortcuts } }: { group: ShortcutGroup }) {
  return (
    <section class="panel shortcuts-group" id={id} aria-labelledby={`${id}-keys`}>
      <h2 id={`${id}-keys`}>{title}</h2>
      {when !== "" && <p>{when}</p>}
      <dl>
        {shortcuts.map(({ keys, does }) => (
          <div key={does}>
            <dt>
              <KeyCaps keys={keys} />
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
