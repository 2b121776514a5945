/** The keys of the open palette. */
export const PALETTE_KEYS = {
  next: ["ArrowDown"],
  previous: ["ArrowUp"],
  first: ["Home"],
  last: ["End"],
  choose: ["Enter"],
  newTab: ["Mod+Enter"],
  nextPart: ["Tab"],
  previousPart: ["Shift+Tab"],
  close: ["Escape", "Mod+k"],
} as const;
