import { keyAction } from "../../site/key_action.ts";
import { MENU_KEYS } from "../menu_keys.ts";

/**
 * Closes a menu in the usual ways: with Escape, which gives its heading the focus, and when pointer
 * or focus go elsewhere. Returns how to stop. Browser only.
 */
export function closeWhenLeft(menu: HTMLDetailsElement): () => void {
  const press = (event: KeyboardEvent) => {
    if (!menu.open || keyAction(MENU_KEYS, event) !== "close") return;
    menu.open = false;
    menu.querySelector("summary")?.focus();
  };
  const leave = ({ target }: Event) => {
    if (target instanceof Node && !menu.contains(target)) menu.open = false;
  };
  menu.addEventListener("keydown", press);
  for (const type of ["pointerdown", "focusin"]) document.addEventListener(type, leave);
  return () => {
    menu.removeEventListener("keydown", press);
    for (const type of ["pointerdown", "focusin"]) document.removeEventListener(type, leave);
  };
}
