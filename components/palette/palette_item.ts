/** Something that the palette leads to or does. */
export interface PaletteItem {
  readonly kind: "page" | "product" | "setting";
  /** Names it among all, today and later: `product BTC-USD`. */
  readonly key: string;
  /** `BTC-USD`, `Workspace`, `Dark theme`. */
  readonly title: string;
  /** `Bitcoin`, or what else is known of it. */
  readonly detail: string;
  /** Where it leads; null for a setting, which is done on the page. */
  readonly href: string | null;
}

/** An item of a kind; what it is called names it. */
export function paletteItem(
  kind: PaletteItem["kind"],
  title: string,
  detail: string,
  href: string | null,
): PaletteItem {
  return { kind, key: `${kind} ${title}`, title, detail, href };
}

/** The item of a product. */
export function productItem(id: string, name: string): PaletteItem {
  return paletteItem("product", id, name, `/products/${id}`);
}
