import assert from "node:assert/strict";
import { ClosedLog } from "../../tests/closed_log.ts";
import { minute } from "../../tests/hub_set_up.ts";
import { CandleBook } from "./book.ts";
import { StreamCounts } from "./stream_counts.ts";

Deno.test("candle book - a book's version goes up with a candle received, with one read, and with a sequence", () => {
  const log = new ClosedLog();
  const book = new CandleBook(10, new StreamCounts());
  const versions = [book.version];
  book.accept(log.live(minute(0, { isComplete: false })));
  versions.push(book.version);
  book.refresh(log.live(minute(1, { isComplete: false })));
  versions.push(book.version);
  book.advance(7);
  versions.push(book.version);
  assert.deepEqual(versions, [...new Set(versions)].sort((a, b) => a - b));
  book.advance(7);
  assert.equal(book.version, versions.at(-1));
});
