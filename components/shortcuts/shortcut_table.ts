import { CHART_KEYS } from "../chart/chart_keys.ts";
import { MENU_KEYS } from "../chart/menu_keys.ts";
import { DRAWING_KEYS, DRAWING_TEXT_KEYS } from "../drawings/drawing_keys.ts";
import { MARKET_KEYS } from "../market/market_keys.ts";
import { PALETTE_KEYS } from "../palette/palette_keys.ts";
import type { KeyTable } from "../site/key_action.ts";
import { SITE_KEYS } from "../site/site_keys.ts";
import { COLUMN_KEYS, ROW_KEYS, SEARCH_KEYS, TILE_KEYS } from "../workspace/workspace_keys.ts";

/** The keys of one part of the pages: what each does, and when. */
export interface ShortcutGroup {
  /** Names it in addresses: `/shortcuts#chart`. */
  readonly id: string;
  readonly title: string;
  /** When its keys do this. */
  readonly when: string;
  readonly table: KeyTable;
  readonly shortcuts: readonly Shortcut[];
}

export interface Shortcut {
  /** Each of them does it; as `keyName` names them, or as a range. */
  readonly keys: readonly string[];
  readonly does: string;
}

/** What an action's keys do; `shown` stands for more keys than can be listed. */
type Words = string | { readonly does: string; readonly shown: readonly string[] };

/** All keys of all pages. Listeners look keys up in these tables; a table without words for each action is a type error. */
export const SHORTCUTS: readonly ShortcutGroup[] = [
  group("everywhere", "Every page", "", SITE_KEYS, {
    palette: "Go to a product, page or setting",
    shortcuts: "All keyboard shortcuts",
  }),
  group("palette", "The palette", "While it is open", PALETTE_KEYS, {
    next: "Next one",
    previous: "Previous one",
    first: "First one",
    last: "Last one",
    choose: "Open it, or change the setting",
    newTab: "Open it in a new tab",
    nextPart: "To the button that closes it, and back",
    previousPart: "The same, backwards",
    close: "Close it",
  }),
  group("markets", "Markets", "On the dashboard", MARKET_KEYS, {
    down: "From the field that finds products, or from a product, to the next one",
    up: "Back to the one before, and to the field",
    find: "To the field that finds products in the table",
    favourite: "Star the product in focus, or take its star away",
  }),
  group("chart", "Charts", "While the chart has the focus", CHART_KEYS, {
    older: "Older candles",
    newer: "Newer candles",
    muchOlder: "Older by most of what is in sight",
    muchNewer: "Newer by most of what is in sight",
    zoomIn: "Zoom in",
    zoomOut: "Zoom out",
    oldest: "To the oldest candle that is loaded",
    newest: "To now",
  }),
  group("drawings", "Drawings", "While one is made or selected on the chart", DRAWING_KEYS, {
    left: "Move it left by a candle",
    right: "Move it right by a candle",
    up: "Move it up",
    down: "Move it down",
    farLeft: "Left by ten candles",
    farRight: "Right by ten candles",
    farUp: "Far up",
    farDown: "Far down",
    enter: "Draw in the middle of the chart; choose the end that the arrows move",
    previous: "The drawing before",
    next: "The next drawing",
    remove: "Delete it",
    stop: "Put the tool away, or end the selection",
  }),
  group("texts", "Words of a drawn text", "In their field", DRAWING_TEXT_KEYS, {
    done: "Back to the chart",
  }),
  group("menus", "Menus", "In an open menu of a chart or workspace", MENU_KEYS, {
    close: "Close it",
  }),
  group("workspace", "Workspace", "While one of its charts has the focus", TILE_KEYS, {
    search: {
      does: "Another product or granularity for it: type its name",
      shown: ["A–Z", "0–9"],
    },
  }),
  group("search", "Search in a workspace", "While it is open", SEARCH_KEYS, {
    next: "Next one",
    previous: "Previous one",
    choose: "Show it in the chart",
    close: "Close it",
  }),
  group("columns", "Borders of columns", "In a workspace, on the border between two", COLUMN_KEYS, {
    less: "Narrower",
    more: "Wider",
    muchLess: "Much narrower",
    muchMore: "Much wider",
    least: "As narrow as can be",
    most: "As wide as can be",
    equal: "Both equally wide",
  }),
  group("rows", "Borders of rows", "In a workspace, on the border between two", ROW_KEYS, {
    less: "Lower",
    more: "Higher",
    muchLess: "Much lower",
    muchMore: "Much higher",
    least: "As low as can be",
    most: "As high as can be",
    equal: "Both equally high",
  }),
];

function group<Table extends KeyTable>(
  id: string,
  title: string,
  when: string,
  table: Table,
  words: Readonly<Record<keyof Table, Words>>,
): ShortcutGroup {
  const shortcuts = Object.keys(table).map((action) => {
    const entry: Words = words[action] ?? "";
    const keys = table[action] ?? [];
    return typeof entry === "string"
      ? { keys, does: entry }
      : { keys: entry.shown, does: entry.does };
  });
  return { id, title, when, table, shortcuts };
}
