/** The keys of a chart of a workspace, beside those of any chart. */
export const TILE_KEYS = {
  search: [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"],
} as const;

/** The keys of the search for a chart's product or granularity. */
export const SEARCH_KEYS = {
  next: ["ArrowDown"],
  previous: ["ArrowUp"],
  choose: ["Enter"],
  close: ["Escape"],
} as const;

/** The keys of the border between two columns, and those between two rows. */
export const COLUMN_KEYS = {
  less: ["ArrowLeft"],
  more: ["ArrowRight"],
  muchLess: ["Shift+ArrowLeft"],
  muchMore: ["Shift+ArrowRight"],
  least: ["Home"],
  most: ["End"],
  equal: ["Enter"],
} as const;

export const ROW_KEYS = {
  ...COLUMN_KEYS,
  less: ["ArrowUp"],
  more: ["ArrowDown"],
  muchLess: ["Shift+ArrowUp"],
  muchMore: ["Shift+ArrowDown"],
} as const;
