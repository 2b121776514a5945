/** The keys of a chart that has the focus. */
export const CHART_KEYS = {
  older: ["ArrowLeft"],
  newer: ["ArrowRight"],
  muchOlder: ["Shift+ArrowLeft"],
  muchNewer: ["Shift+ArrowRight"],
  zoomIn: ["+", "="],
  zoomOut: ["-", "_"],
  oldest: ["Home"],
  newest: ["End"],
} as const;
