import { keyName, type KeyPress } from "./key_press.ts";

/**
 * The keys of each action, as `keyName` names them, those with their own name with `Shift+` before
 * it.
 */
export type KeyTable = Readonly<Record<string, readonly string[]>>;

/** The action of a table that a press is for; null if it is for none. */
export function keyAction<Table extends KeyTable>(
  table: Table,
  press: KeyPress,
): Extract<keyof Table, string> | null {
  const name = (press.shiftKey && press.key.length > 1 ? "Shift+" : "") + keyName(press);
  for (const action in table) if (table[action]?.includes(name)) return action;
  return null;
}
