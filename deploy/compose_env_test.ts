import assert from "node:assert/strict";
import { newPassword, withPasswords } from "./compose_env.ts";

Deno.test("a new .env gets a password for each server", () => {
  let made = 0;
  assert.equal(
    withPasswords("", () => `p${++made}`),
    "POSTGRES_PASSWORD=p1\nNATS_PASSWORD=p2\n",
  );
});

Deno.test("a password that is there stays, and so does every other line", () => {
  const kept = "PRODUCTS=BTC-USD\nPOSTGRES_PASSWORD=mine";
  assert.equal(withPasswords(kept, () => "new"), `${kept}\nNATS_PASSWORD=new\n`);
  const whole = `${kept}\nNATS_PASSWORD=mine\n`;
  assert.equal(withPasswords(whole, () => "new"), whole);
});

Deno.test("an empty password counts as missing", () => {
  assert.match(withPasswords("NATS_PASSWORD=\n", () => "new"), /^NATS_PASSWORD=new$/m);
});

Deno.test("passwords differ, and need no escape in a URL or a configuration file", () => {
  const passwords = Array.from({ length: 20 }, newPassword);
  assert.equal(new Set(passwords).size, 20);
  for (const password of passwords) assert.match(password, /^p[0-9a-f]{48}$/);
});
