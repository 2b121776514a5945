import assert from "node:assert/strict";
import { allCaps } from "./key_caps.ts";

Deno.test("key caps - keys are shown as they are written on keyboards, each way to press them once", () => {
  assert.deepEqual(allCaps(["/", "Mod+k"]), [["/"], ["Ctrl", "K"], ["⌘", "K"]]);
  assert.deepEqual(allCaps(["f", "F"]), [["F"]]);
  assert.deepEqual(allCaps(["Shift+ArrowLeft"]), [["Shift", "←"]]);
  assert.deepEqual(allCaps(["+", "="]), [["+"], ["="]]);
  assert.deepEqual(allCaps(["Mod++"]), [["Ctrl", "+"], ["⌘", "+"]]);
  assert.deepEqual(allCaps(["Escape"]), [["Esc"]]);
});
