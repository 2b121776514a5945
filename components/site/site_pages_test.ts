import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { PAGES } from "../../tests/browser/page_list.ts";
import { routePatterns } from "../../tests/route_patterns.ts";
import { SITE_PAGES } from "./site_pages.ts";

const ROUTES = fileURLToPath(new URL("../../routes", import.meta.url));

Deno.test("pages - every page without a parameter is named, once, and each is a route", async () => {
  const patterns = await routePatterns(ROUTES);
  const listed = SITE_PAGES.map(({ href }) => href);
  assert.deepEqual(listed.filter((href) => !patterns.includes(href)), []);
  assert.equal(new Set(listed).size, listed.length);
  const pages: string[] = [];
  for (const pattern of patterns) {
    const file = pattern === "/" ? "/index" : pattern;
    const isPage = await Deno.stat(`${ROUTES}${file}.tsx`).then(() => true, () => false);
    if (isPage) pages.push(pattern);
  }
  assert.ok(pages.includes("/shortcuts") && pages.length >= 6, pages.join());
  assert.deepEqual(pages.filter((page) => !listed.includes(page)), []);
  const tried = PAGES.map((address) => address.split("?")[0]);
  assert.deepEqual(pages.filter((page) => !tried.includes(page)), [], "not among the tests' pages");
});
