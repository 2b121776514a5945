/** The keys of a chart with drawings, while it has the focus and one of them is made or selected. */
export const DRAWING_KEYS = {
  left: ["ArrowLeft"],
  right: ["ArrowRight"],
  up: ["ArrowUp"],
  down: ["ArrowDown"],
  farLeft: ["Shift+ArrowLeft"],
  farRight: ["Shift+ArrowRight"],
  farUp: ["Shift+ArrowUp"],
  farDown: ["Shift+ArrowDown"],
  enter: ["Enter"],
  previous: ["[", "PageUp"],
  next: ["]", "PageDown"],
  remove: ["Delete", "Backspace"],
  stop: ["Escape"],
} as const;

/** The keys of the field for the words of a text. */
export const DRAWING_TEXT_KEYS = {
  done: ["Enter", "Escape"],
} as const;
