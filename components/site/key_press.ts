/** The parts of a key event that name its key. */
export type KeyPress = Pick<
  KeyboardEvent,
  "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey"
>;

/**
 * Names a press as the tables of keys do: `/`, `f`, `Mod+k` (with Ctrl, or on a Mac with Cmd). A
 * sign's own name implies whether Shift was pressed; Ctrl and Alt together are AltGr, which some
 * keyboards need for signs. Shift makes a letter a capital, and Caps Lock does not.
 */
export function keyName(
  { key, code, ctrlKey, metaKey, altKey, shiftKey }: KeyPress,
): string {
  const held = (ctrlKey || metaKey) && !altKey ? "Mod+" : altKey && !ctrlKey ? "Alt+" : "";
  // The Latin letter at the place of a letter of another script: K for the Cyrillic л, whose code is KeyK.
  const sign = (key > "~" && code[3]) || key;
  return held + (shiftKey || sign.length > 1 ? sign : sign.toLowerCase());
}

/**
 * The field that is written into, where a key is a letter and nothing else. A palette that has just
 * been closed keeps the focus in its field until the next frame, but nothing is written there. The
 * pages have no other kinds of fields that take signs.
 */
const FIELD = "input:not(dialog:not([open]) *,[type=checkbox],[type=radio]):focus";

/** Whether a press is part of what is being written, in a field or by an input method. Browser only. */
export function isTyping({ isComposing }: Pick<KeyboardEvent, "isComposing">): boolean {
  return isComposing || document.querySelector(FIELD) !== null;
}
