import { type PaletteItem, paletteItem } from "../palette_item.ts";

/** A setting of the page, and how it is changed. */
export interface PageSetting {
  readonly item: PaletteItem;
  change(): void;
}

/**
 * The settings of the page: its elements with `data-setting`, whose value names what they set. Disabled ones are left
 * out; of a workspace's charts only the active one's settings are listed.
 */
export function pageSettings(): readonly PageSetting[] {
  const settings = [...document.querySelectorAll<HTMLElement>("[data-setting]")]
    .filter(isUsable).flatMap(settingsOf);
  const keys = settings.map(({ item }) => item.key);
  return settings.filter(({ item }, index) => keys.indexOf(item.key) === index);
}

function isUsable(element: HTMLElement): boolean {
  const tile = element.closest(".tile");
  return element.getClientRects().length > 0 && element.closest("[inert], [disabled]") === null &&
    (tile === null || tile.matches("[data-active], :only-child"));
}

function settingsOf(element: HTMLElement): readonly PageSetting[] {
  const about = element.dataset.setting ?? "";
  if (element instanceof HTMLSelectElement) {
    return [...element.options].map((option) => ({
      item: settingItem(option.text, about, option.selected),
      change() {
        element.value = option.value;
        for (const type of ["input", "change"]) {
          element.dispatchEvent(new Event(type, { bubbles: true }));
        }
      },
    }));
  }
  const name = element.getAttribute("aria-label") ?? element.innerText.trim();
  const isOn = element.ariaPressed === "true" || element.ariaCurrent !== null;
  return [{
    item: settingItem(name, about, isOn),
    change() {
      // A menu that opens is continued in.
      if (element.matches("summary")) element.focus();
      element.click();
    },
  }];
}

function settingItem(name: string, about: string, isOn: boolean): PaletteItem {
  return paletteItem("setting", name, isOn ? `${about}, on` : about, null);
}
