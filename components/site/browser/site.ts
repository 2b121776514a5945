import { isTyping, keyName } from "../key_press.ts";
import { singleKeysOn } from "../single_keys.ts";
import { SITE_KEYS } from "../site_keys.ts";

// The script of every page: `dev.ts` bundles it as `/site.js`. It is among the first scripts, so
// everything that a page does not need at first is imported when it is first used.

const root = document.documentElement;
const palette = document.querySelector<HTMLDialogElement>(".palette");

/**
 * Opens the palette immediately, so that no letter typed after its key is lost, and then loads
 * what fills it.
 */
function open(): void {
  const { module = "", failed = "" } = palette?.dataset ?? {};
  palette?.showModal();
  import(module).then(
    ({ show }) => show(palette),
    () => palette?.lastElementChild?.replaceChildren(failed),
  );
}

document.querySelector(".palette-button")?.addEventListener("click", open);
document.addEventListener("keydown", (event) => {
  const key = keyName(event);
  if (isTyping(event) || key.length === 1 && !singleKeysOn(document.cookie)) return;
  if (SITE_KEYS.palette.includes(key)) {
    event.preventDefault();
    open();
  }
  if (SITE_KEYS.shortcuts.includes(key)) location.href = "/shortcuts";
});

// Buttons that keep a choice in a cookie, each of which may be on the page twice.
document.addEventListener("submit", (event) => {
  const chosen = event.submitter?.closest<HTMLButtonElement>("[data-cookie]");
  if (!chosen) return;
  event.preventDefault();
  const { name, value, dataset: { cookie = "", themeName } } = chosen;
  document.cookie = cookie;
  if (themeName !== undefined) root.dataset.theme = themeName;
  else if (name === "theme") delete root.dataset.theme;
  for (const button of document.querySelectorAll<HTMLButtonElement>(`button[name=${name}]`)) {
    button.ariaPressed = `${button.value === value}`;
  }
});
