import assert from "node:assert/strict";
import { themeCookie, themeOf } from "./theme.ts";

Deno.test("theme - a theme that was kept is read back, among other cookies too", () => {
  assert.equal(themeOf(themeCookie("dark")), "dark");
  assert.equal(themeOf("a=1; theme=light; b=2"), "light");
});

Deno.test("theme - no cookie, or one that is not a theme, leaves it to the device", () => {
  assert.equal(themeOf(null), "system");
  assert.equal(themeOf("theme=pink"), "system");
  assert.equal(themeOf("mytheme=dark"), "system");
});
