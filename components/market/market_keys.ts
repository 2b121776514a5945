/** The keys of the dashboard. */
export const MARKET_KEYS: Readonly<
  Record<"down" | "up" | "find" | "favourite", readonly string[]>
> = {
  down: ["ArrowDown"],
  up: ["ArrowUp"],
  find: ["s", "S"],
  favourite: ["f", "F"],
};
