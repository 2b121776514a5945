/** A page that the palette leads to, or a setting that it changes. */
export interface PaletteItem {
  readonly kind: "page" | "product" | "setting";
  /** A unique and permanent name: `product BTC-USD`. */
  readonly key: string;
  /** `BTC-USD`, `Workspace`, `Dark theme`. */
  readonly title: string;
  /** `Bitcoin`, or another description. */
  readonly detail: string;
  /** The page that it leads to; null for a setting, which is changed on the page. */
  readonly href: string | null;
}

/** An item of a kind, named by its title. */
export function paletteItem(
  kind: PaletteItem["kind"],
  title: string,
  detail: string,
  href: string | null,
): PaletteItem {
  return { kind, key: `${kind} ${title}`, title, detail, href };
}

export function productItem(id: string, name: string): PaletteItem {
  return paletteItem("product", id, name, `/products/${id}`);
}
