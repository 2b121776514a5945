/** How keys are written on them. `Mod` is two keys, of which a keyboard has one. */
const CAPS: Readonly<Record<string, string>> = {
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Escape: "Esc",
  PageUp: "Page Up",
  PageDown: "Page Down",
  "-": "−",
};

/** The caps to press together for a key as the tables name it, such as `Shift+ArrowLeft`; `mod` is how `Mod` is written. */
export function keyCaps(key: string, mod: string): readonly string[] {
  const parts = key.split(/(?<=.)\+(?=.)/);
  return parts.map((part) => {
    if (part === "Mod") return mod;
    return CAPS[part] ?? (part.length === 1 ? part.toUpperCase() : part);
  });
}

/** All ways to press any of some keys, each once, as caps. */
export function allCaps(keys: readonly string[]): readonly (readonly string[])[] {
  const ways = keys.flatMap((key) =>
    key.includes("Mod+") ? [keyCaps(key, "Ctrl"), keyCaps(key, "⌘")] : [keyCaps(key, "")]
  );
  const texts = ways.map((caps) => caps.join("\n"));
  return ways.filter((_, index) => texts.indexOf(texts[index] ?? "") === index);
}
