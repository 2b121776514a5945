import assert from "node:assert/strict";
import { keyAction } from "./key_action.ts";

const PLAIN = { code: "", ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
const KEYS = {
  search: ["/", "Mod+k"],
  older: ["ArrowLeft"],
  muchOlder: ["Shift+ArrowLeft"],
  before: ["["],
  favourite: ["f", "F"],
} as const;

function action(key: string, held: Partial<typeof PLAIN> = {}) {
  return keyAction(KEYS, { ...PLAIN, ...held, key });
}

Deno.test("keys - a press is for the action whose table names it, and no other", () => {
  assert.equal(action("/"), "search");
  assert.equal(action("ArrowLeft"), "older");
  assert.equal(action("ArrowRight"), null);
  assert.equal(action("toString"), null);
});

Deno.test("keys - Ctrl and Cmd are one, and a key without them is another", () => {
  assert.equal(action("k", { ctrlKey: true }), "search");
  assert.equal(action("k", { metaKey: true }), "search");
  assert.equal(action("k"), null);
  assert.equal(action("f", { ctrlKey: true }), null, "the browser's own search");
  assert.equal(action("ArrowLeft", { altKey: true }), null, "the browser's way back");
  assert.equal(action("K", { ctrlKey: true, shiftKey: true }), null, "the browser's tools");
});

Deno.test("keys - Shift counts where a key has a name, and not for a sign that takes it on some keyboards", () => {
  assert.equal(action("ArrowLeft", { shiftKey: true }), "muchOlder");
  assert.equal(action("/", { shiftKey: true }), "search");
  assert.equal(action("F", { shiftKey: true }), "favourite");
});

Deno.test("keys - a sign that is typed with AltGr, which is Ctrl and Alt, is that sign", () => {
  assert.equal(action("[", { ctrlKey: true, altKey: true }), "before");
  assert.equal(action("[", { altKey: true }), null);
});

Deno.test("keys - a letter of another script is the Latin one at its place, and a Latin letter is itself", () => {
  assert.equal(action("л", { code: "KeyK", ctrlKey: true }), "search");
  assert.equal(action("Λ", { code: "KeyK", ctrlKey: true, shiftKey: true }), null);
  assert.equal(action("а", { code: "KeyF" }), "favourite");
  assert.equal(action("А", { code: "KeyF", shiftKey: true }), "favourite");
  assert.equal(action("k", { code: "KeyV", ctrlKey: true }), "search", "Dvorak's K");
  assert.equal(action("v", { code: "KeyK", ctrlKey: true }), null, "Dvorak's V");
  assert.equal(action("ö", { code: "Semicolon" }), null);
});

Deno.test("keys - Caps Lock makes no other key of one that is held with Ctrl", () => {
  assert.equal(action("K", { code: "KeyK", ctrlKey: true }), "search");
  assert.equal(action("F", { code: "KeyF" }), "favourite");
});
