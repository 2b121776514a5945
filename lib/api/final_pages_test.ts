import assert from "node:assert/strict";
import { FinalPages } from "./final_pages.ts";

const PAGE = { tag: "abc", headers: { vary: "accept" } };

function requestOf(ifNoneMatch: string): Request {
  return new Request("http://x/", { headers: { "if-none-match": ifNoneMatch } });
}

Deno.test("final pages - a client that has one gets 304 and its lifetime; one that has another does not", () => {
  const pages = new FinalPages();
  pages.keep("/a", PAGE);
  const known = pages.answer(requestOf('W/"abc"'), "/a");
  assert.equal(known?.status, 304);
  assert.match(known?.headers.get("cache-control") ?? "", /immutable/);
  assert.deepEqual([known?.headers.get("vary"), known?.headers.get("etag")], ["accept", '"abc"']);
  assert.equal(pages.answer(requestOf('"other"'), "/a"), null);
  assert.equal(pages.answer(requestOf('"abc"'), "/b"), null);
});

Deno.test("final pages - the least recently requested one is forgotten first", () => {
  const pages = new FinalPages(2);
  pages.keep("/a", PAGE);
  pages.keep("/b", PAGE);
  assert.notEqual(pages.answer(requestOf('"abc"'), "/a"), null);
  pages.keep("/c", PAGE);
  assert.equal(pages.answer(requestOf('"abc"'), "/b"), null);
  assert.notEqual(pages.answer(requestOf('"abc"'), "/a"), null);
});
