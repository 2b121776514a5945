import assert from "node:assert/strict";
import { withServers } from "../tests/servers.ts";
import { main } from "./migrate.ts";

Deno.test(
  "migrate - migrate prints one line for each migration, and nothing else",
  withServers(async ({ database }) => {
    const printed: unknown[][] = [];
    const print = (...args: unknown[]) => void printed.push(args);
    assert.equal(await main(["status"], await database(), print), 0);
    assert.ok(printed.length >= 5);
    for (const args of printed) {
      assert.equal(args.length, 1);
      assert.match(String(args[0]), /^\d{4}_\w+ {2}not applied$/);
    }
  }),
);

Deno.test("migrate - migrate without a database explains what to do, and fails", async () => {
  const lines: string[] = [];
  assert.equal(await main([], undefined, (line) => lines.push(line)), 2);
  assert.match(lines.join(), /DATABASE_URL is not set/);
});
