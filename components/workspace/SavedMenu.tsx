import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { closeWhenLeft } from "../chart/browser/menu_closing.ts";
import { focusSoon, keepFocusIn } from "../site/browser/keep_focus.ts";
import { Icon } from "../site/Icon.tsx";
import {
  LONGEST_NAME,
  type SavedResult,
  type SavedWorkspace,
  type SavedWorkspaces,
} from "./saved_workspaces.ts";

/** The workspaces that this browser keeps: opened, saved, renamed and deleted. */
export function SavedMenu({ saved, query }: {
  /** Left out until there is script. */
  saved: SavedWorkspaces | undefined;
  /** The query of the current workspace. */
  query: string;
}) {
  const menu = useRef<HTMLDetailsElement>(null);
  const list = useSignal<readonly SavedWorkspace[]>([]);
  const message = useSignal("");
  const renamed = useSignal<string | null>(null);
  const show = ({ saved: now, problem }: SavedResult, done = "") => {
    list.value = now;
    message.value = problem ?? done;
    return problem === null;
  };
  useEffect(() => {
    if (saved !== undefined) list.value = saved.read().saved;
    return menu.current === null ? undefined : closeWhenLeft(menu.current);
  }, [saved]);
  const saveField = () =>
    menu.current?.querySelector<HTMLElement>(".menu-box > form input") ?? null;
  const current = list.value.find((one) => one.query === query)?.name ?? null;
  return (
    <details
      class="menu saved-menu"
      ref={menu}
      onToggle={({ currentTarget }) => {
        renamed.value = null;
        if (saved !== undefined && currentTarget.open) show(saved.read());
      }}
    >
      <summary title="Workspaces kept in this browser" data-setting="Workspace">
        <Icon path="M3.5 2.5h9v11L8 10.5l-4.5 3z" />
        <span>{current ?? "Workspaces"}</span>
      </summary>
      <div class="menu-box">
        {list.value.length === 0 && <p>None saved in this browser yet.</p>}
        <ul>
          {list.value.map(({ name, query: kept }) => (
            <li key={name} class="menu-row">
              {renamed.value === name
                ? (
                  <form
                    onSubmit={(event) => {
                      event.preventDefault();
                      if (saved === undefined) return;
                      const to = String(new FormData(event.currentTarget).get("name") ?? "");
                      if (!show(saved.rename(name, to))) return;
                      renamed.value = null;
                      // The row is another one, where names sort.
                      focusSoon(".saved-menu summary");
                    }}
                  >
                    <NameField label={`New name of ${name}`} value={name} isFocused />
                    <button type="submit">Rename</button>
                  </form>
                )
                : (
                  <>
                    <a
                      href={`/workspace${kept}`}
                      aria-current={name === current ? "true" : undefined}
                    >
                      {name}
                    </a>
                    <button
                      type="button"
                      aria-label={`Rename ${name}`}
                      title="Rename"
                      onClick={() => renamed.value = name}
                    >
                      <Icon path="m3 13 .7-3L11 2.7 13.3 5 6 12.3z" />
                    </button>
                    <button
                      type="button"
                      aria-label={`Delete ${name}`}
                      title="Delete"
                      onClick={({ currentTarget }) => {
                        if (saved === undefined) return;
                        keepFocusIn(currentTarget.closest("li"), saveField);
                        show(saved.remove(name), `${name} is deleted.`);
                      }}
                    >
                      <Icon path="m4 4 8 8M12 4l-8 8" />
                    </button>
                  </>
                )}
            </li>
          ))}
        </ul>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            const form = event.currentTarget;
            const name = String(new FormData(form).get("name") ?? "").trim();
            if (saved !== undefined && show(saved.save(name, query), `${name} is saved.`)) {
              form.reset();
            }
          }}
        >
          <NameField label="Save this workspace as" value="" />
          <button type="submit">Save</button>
        </form>
        <p role="status">{message}</p>
      </div>
    </details>
  );
}

function NameField({ label, value, isFocused = false }: {
  label: string;
  value: string;
  isFocused?: boolean;
}) {
  return (
    <input
      type="text"
      name="name"
      aria-label={label}
      placeholder={isFocused ? undefined : "Save as …"}
      autocomplete="off"
      maxLength={LONGEST_NAME}
      defaultValue={value}
      ref={(field) => {
        if (isFocused && field !== null && document.activeElement !== field) field.select();
      }}
    />
  );
}
