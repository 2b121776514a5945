import { fetchProducts } from "../../chart/browser/listed_products.ts";
import { keyAction } from "../../site/key_action.ts";
import { SITE_PAGES } from "../../site/site_pages.ts";
import { ENTERED } from "../entered.ts";
import { PaletteIndex } from "../palette_index.ts";
import { type PaletteItem, paletteItem, productItem } from "../palette_item.ts";
import { PALETTE_KEYS } from "../palette_keys.ts";
import { RecentItems } from "../recent_items.ts";
import { type PageSetting, pageSettings } from "./page_settings.ts";

/** The most items listed; typing more narrows them. */
const MOST_SHOWN = 20;
/** Products older than this are read again when the palette is opened. */
const OLD_MS = 10 * 60 * 1000;
/** The key code of an input method's last press in browsers that report its composition as over already. */
const COMPOSED = 229;

const PAGES = SITE_PAGES.map(({ title, about, href }) => paletteItem("page", title, about, href));
const KINDS = { page: "Page", product: "Product", setting: "Setting" } as const;

let palette: OpenPalette | null = null;

/** Fills the palette, which has just been opened. `/site.js` imports this when it is opened first. */
export function show(dialog: HTMLDialogElement): void {
  palette ??= new OpenPalette(dialog);
  palette.show();
}

/** The palette of a page: the text, the items that match it, the chosen one. It lasts as long as the page. */
class OpenPalette {
  readonly #dialog: HTMLDialogElement;
  readonly #field: HTMLInputElement;
  readonly #list: HTMLElement;
  readonly #status: HTMLElement;
  readonly #recent = new RecentItems(() => localStorage);
  #settings: readonly PageSetting[] = [];
  #products: readonly PaletteItem[] | null = null;
  #readAtMs = -Infinity;
  #isFailing = false;
  #index = new PaletteIndex([]);
  #shown: readonly PaletteItem[] = [];
  #active = 0;
  /** Enter was pressed before the products were loaded: it chooses the first item once they are. */
  #isAwaited = false;

  constructor(dialog: HTMLDialogElement) {
    this.#dialog = dialog;
    this.#field = part(dialog, "input", HTMLInputElement);
    this.#list = part(dialog, "[role=listbox]", HTMLElement);
    this.#status = part(dialog, "[role=status]", HTMLElement);
    this.#field.addEventListener("input", () => {
      this.#isAwaited = false;
      this.#search();
    });
    dialog.addEventListener("keydown", (event) => this.#press(event));
    dialog.addEventListener("click", (event) => this.#click(event));
    this.#list.addEventListener("pointermove", ({ target }) => {
      const place = this.#placeOf(target);
      if (place !== null && place !== this.#active) this.#activate(place);
    });
    // The list keeps the focus where one types.
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault());
    dialog.addEventListener("close", () => {
      this.#field.value = "";
      this.#isAwaited = false;
    });
  }

  show(): void {
    if (!this.#dialog.open) {
      if (this.#dialog.returnValue !== ENTERED) return;
      this.#dialog.showModal();
      this.#isAwaited = true;
    }
    this.#dialog.returnValue = "";
    this.#settings = pageSettings();
    this.#prepare();
    this.#search();
    if (performance.now() - this.#readAtMs > OLD_MS) void this.#read();
  }

  async #read(): Promise<void> {
    this.#readAtMs = performance.now();
    this.#isFailing = false;
    try {
      const listed = await fetchProducts();
      this.#products = listed.filter(({ isDelisted }) => !isDelisted)
        .map(({ id, name }) => productItem(id, name));
    } catch {
      this.#readAtMs = -Infinity;
      this.#isFailing = this.#products === null;
    }
    if (!this.#dialog.open) return;
    const moved = this.#active > 0 ? this.#shown[this.#active]?.key : undefined;
    this.#prepare();
    this.#search();
    if (this.#isAwaited) return this.#choose(this.#shown[0], false);
    // A choice that was moved by key stays where it is.
    const place = this.#shown.findIndex(({ key }) => key === moved);
    if (place > 0) this.#activate(place);
  }

  #prepare(): void {
    const settings = this.#settings.map(({ item }) => item);
    this.#index = new PaletteIndex([...PAGES, ...this.#products ?? [], ...settings]);
  }

  #search(): void {
    const text = this.#field.value.trim();
    const { items, count } = text === "" ? this.#opening() : this.#index.find(text, MOST_SHOWN);
    this.#shown = items;
    this.#list.replaceChildren(...items.map(optionOf));
    this.#list.scrollTop = 0;
    this.#field.ariaExpanded = `${items.length > 0}`;
    this.#status.textContent = this.#summary(text, count);
    this.#activate(0);
  }

  /** The items before anything is typed. */
  #opening() {
    const settings = this.#settings.map(({ item }) => item);
    const products = this.#products ?? [];
    const recent = this.#recent.among([...PAGES, ...settings, ...products]);
    const keys = new Set(recent.map(({ key }) => key));
    const rest = [...PAGES, ...settings, ...products].filter(({ key }) => !keys.has(key));
    const all = [...recent, ...rest];
    return { items: all.slice(0, MOST_SHOWN), count: all.length };
  }

  #summary(text: string, count: number): string {
    if (this.#isFailing) return "The list of products cannot be reached at the moment.";
    if (this.#products === null) return "Loading products…";
    if (count === 0) return `Nothing is called “${text}”.`;
    return count > MOST_SHOWN
      ? `The first ${MOST_SHOWN} of ${count}. Type more to find the others.`
      : `${count} found`;
  }

  #press(event: KeyboardEvent): void {
    // The page would take the key that has just closed the palette for the one that opens it.
    event.stopPropagation();
    if (event.isComposing || event.keyCode === COMPOSED) return;
    const action = keyAction(PALETTE_KEYS, event);
    if (action === null) return;
    event.preventDefault();
    const last = this.#shown.length - 1;
    const isTop = event.target === this.#field;
    switch (action) {
      case "close":
        this.#close();
        break;
      case "nextPart":
      case "previousPart":
        part(this.#dialog, isTop ? "button:not([hidden])" : "input", HTMLElement).focus();
        break;
      case "next":
        this.#activate(this.#active < last ? this.#active + 1 : 0);
        break;
      case "previous":
        this.#activate(this.#active > 0 ? this.#active - 1 : last);
        break;
      case "first":
        this.#activate(0);
        break;
      case "last":
        this.#activate(last);
        break;
      case "choose":
      case "newTab":
        if (!isTop) this.#close();
        else if (this.#products === null && !this.#isFailing) this.#isAwaited = true;
        else this.#choose(this.#shown[this.#active], action === "newTab");
    }
  }

  #click(event: MouseEvent): void {
    if (event.target === this.#dialog) this.#close();
    const place = this.#placeOf(event.target);
    if (place !== null) this.#choose(this.#shown[place], event.ctrlKey || event.metaKey);
  }

  #choose(item: PaletteItem | undefined, isNewTab: boolean): void {
    if (item === undefined) return;
    this.#recent.add(item);
    this.#close();
    const { href, key } = item;
    if (href === null) this.#settings.find((one) => one.item.key === key)?.change();
    else if (isNewTab) open(href, "_blank", "noopener");
    else location.assign(href);
  }

  #close(): void {
    this.#dialog.close();
    const { activeElement: focused } = document;
    // If nothing had the focus before, browsers leave it here until the next frame, and keys would be typed here.
    if (focused instanceof HTMLElement && this.#dialog.contains(focused)) focused.blur();
  }

  #activate(place: number): void {
    const options = [...this.#list.children];
    options[this.#active]?.setAttribute("aria-selected", "false");
    this.#active = Math.max(0, place);
    const option = options[this.#active];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option === undefined) this.#field.removeAttribute("aria-activedescendant");
    else this.#field.setAttribute("aria-activedescendant", option.id);
  }

  #placeOf(target: EventTarget | null): number | null {
    const option = target instanceof Element ? target.closest("[role=option]") : null;
    const place = option === null ? -1 : [...this.#list.children].indexOf(option);
    return place < 0 ? null : place;
  }
}

function optionOf({ kind, title, detail }: PaletteItem, place: number): HTMLElement {
  const option = document.createElement("li");
  option.id = `palette-item-${place}`;
  option.role = "option";
  option.ariaSelected = "false";
  const parts = [["b", title], ["span", detail], ["small", KINDS[kind]]] as const;
  // With spaces, for screen readers.
  option.append(...parts.flatMap(([tag, text]) => {
    const element = document.createElement(tag);
    element.textContent = text;
    return [element, " "];
  }));
  return option;
}

function part<E extends Element>(of: Element, selector: string, type: new () => E): E {
  const found = of.querySelector(selector);
  if (found instanceof type) return found;
  throw new TypeError(`the palette has no ${selector}`);
}
