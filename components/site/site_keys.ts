/** The keys of every page. */
export const SITE_KEYS: Readonly<Record<"palette" | "shortcuts", readonly string[]>> = {
  palette: ["/", "Mod+k"],
  shortcuts: ["?"],
};
