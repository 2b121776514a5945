/** The part of a key event that names its key. */
export type KeyPress = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">;

/**
 * Names a press as the tables of keys do: `/`, `f`, `Mod+k` (with Ctrl, or on a Mac with Cmd). A
 * sign's own name implies whether Shift was pressed; Ctrl and Alt together are AltGr, which some
 * keyboards need for signs.
 */
export function keyName({ key, ctrlKey, metaKey, altKey }: KeyPress): string {
  return ((ctrlKey || metaKey) && !altKey ? "Mod+" : altKey && !ctrlKey ? "Alt+" : "") + key;
}

/** What is written into, where a key is a letter and nothing else. */
const FIELDS = "input:not([type=checkbox],[type=radio]),select,textarea,[contenteditable]";

/** Whether a press is part of what is being written, in a field or by an input method. Browser only. */
export function isTyping({ isComposing }: Pick<KeyboardEvent, "isComposing">): boolean {
  return isComposing || document.activeElement?.closest(FIELDS) != null;
}
