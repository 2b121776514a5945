import assert from "node:assert/strict";
import { formatBytes, parseBytes } from "./layout_settings.ts";

Deno.test("layout settings - an amount of storage is read with and without a unit", () => {
  const read: readonly [string, number | null][] = [
    ["2147483648", 2 ** 31],
    ["2GiB", 2 ** 31],
    ["512 mib", 2 ** 29],
    ["1KiB", 1024],
    ["2GB", null],
    ["1.5GiB", null],
    ["0", null],
    ["-1", null],
    ["999999999999999GiB", null],
  ];
  for (const [text, bytes] of read) assert.equal(parseBytes(text), bytes, text);
});

Deno.test("layout settings - what is suggested is never more than there is, and can be read again", () => {
  for (const bytes of [1, 1023, 1024, 35_651_584, 36_700_161, 2 ** 31, 3_221_225_471, 10 ** 12]) {
    const again = parseBytes(formatBytes(bytes));
    assert.ok(again !== null && again <= bytes && again > bytes * 0.93, `${bytes}: ${again}`);
  }
});
