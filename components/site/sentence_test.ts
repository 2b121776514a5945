import assert from "node:assert/strict";
import { sentence } from "./sentence.ts";

Deno.test("sentence - a sentence ends with one full stop, whether or not it came with it", () => {
  assert.equal(sentence("The database is down"), "The database is down.");
  assert.equal(sentence("The database is down. "), "The database is down.");
});
