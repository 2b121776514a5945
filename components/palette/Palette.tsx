import { asset } from "fresh/runtime";
import { Icon } from "../site/Icon.tsx";
import { ENTERED } from "./entered.ts";

/**
 * The palette of every page, closed: `/site.js` opens it, and what fills it is loaded then. Its field is rendered here,
 * so that a person can type immediately.
 */
export function Palette() {
  return (
    <dialog
      class="palette"
      aria-label="Go to"
      data-module={asset("/palette.js")}
      data-failed="The list could not be loaded. Close this and open it again."
    >
      <form method="dialog" class="palette-field">
        {/* What Enter does until there is something to choose: the palette's script knows by it that it was pressed. */}
        <button type="submit" value={ENTERED} hidden>Go</button>
        <Icon path="M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM10.3 10.3 14 14" />
        <input
          type="text"
          role="combobox"
          aria-label="Product, page or setting"
          aria-expanded="false"
          aria-controls="palette-items"
          aria-autocomplete="list"
          placeholder="Product, page or setting"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          enterkeyhint="go"
          maxLength={60}
        />
        <button type="submit" value="">
          <span class="sr-only">Close</span> <kbd>Esc</kbd>
          <Icon path="m4 4 8 8M12 4l-8 8" />
        </button>
      </form>
      <ul id="palette-items" role="listbox" aria-label="Found"></ul>
      <p role="status">Loading…</p>
    </dialog>
  );
}
