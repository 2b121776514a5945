/** The keys of a chart's and a workspace's menus. */
export const MENU_KEYS = {
  close: ["Escape"],
} as const;
