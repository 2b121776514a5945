import assert from "node:assert/strict";
import { join } from "node:path";
import { nameIngester } from "./ingester_name.ts";

async function inDirectory(test: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempDir();
  try {
    await test(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

Deno.test("ingester name - the next ingester in a directory gets the name of the one before", () =>
  inDirectory(async (path) => {
    const first = await nameIngester(path, "ingest.1.0");
    first.giveUp();
    const second = await nameIngester(path, "ingest.1.0");
    assert.equal(second.text, first.text);
    second.giveUp();
  }));

Deno.test("ingester name - two ingesters that live at the same time never have the same name", () =>
  inDirectory(async (path) => {
    const first = await nameIngester(path, "ingest.1.0");
    const second = await nameIngester(path, "ingest.1.0");
    const otherShard = await nameIngester(path, "ingest.2.0");
    assert.equal(new Set([first.text, second.text, otherShard.text]).size, 3);
    for (const name of [first, second, otherShard]) name.giveUp();
  }));

Deno.test("ingester name - a directory that cannot be made or a name that was cut short are no obstacle", () =>
  inDirectory(async (path) => {
    await Deno.writeTextFile(join(path, "file"), "");
    const nowhere = await nameIngester(join(path, "file"), "ingest.1.0");
    assert.match(nowhere.text, /^[0-9a-f-]{36}$/);
    nowhere.giveUp();
    await Deno.mkdir(join(path, "ingesters"));
    await Deno.writeTextFile(join(path, "ingesters", "ingest.1.0.name"), "0123");
    const repaired = await nameIngester(path, "ingest.1.0");
    assert.match(repaired.text, /^[0-9a-f-]{36}$/);
    repaired.giveUp();
  }));
