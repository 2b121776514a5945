import assert from "node:assert/strict";
import { readPassword } from "./database_secrets.ts";

Deno.test("password file - the first line that fits counts, stars and escapes as libpq reads them", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(
      path,
      [
        "# db:5432:candles:spot:comment",
        "other:5432:candles:spot:other",
        "db:5432:can\\:dles:spot:a\\:b\\\\c:d",
        "db:*:candles:spot:first",
        "*:*:*:*:any",
        "",
      ].join("\r\n"),
    );
    const login = { host: "db", port: 5432, database: "candles", user: "spot" };
    assert.equal(await readPassword(path, login), "first");
    assert.equal(await readPassword(path, { ...login, database: "can:dles" }), "a:b\\c:d");
    assert.equal(await readPassword(path, { ...login, user: "x" }), "any");
    await Deno.writeTextFile(path, "localhost:5432:candles:spot:socket\n");
    assert.equal(await readPassword(path, { ...login, host: "/cloudsql/a" }), "socket");
    assert.equal(await readPassword(path, login), "");
  } finally {
    await Deno.remove(path);
  }
  await assert.rejects(
    readPassword("/nowhere/at/all", {
      host: "db",
      port: 1,
      database: "d",
      user: "u",
    }),
    (error) => error instanceof Error && !error.message.includes("nowhere"),
  );
});
