import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { newPassword, withPasswords } from "./compose_env.ts";

Deno.test("compose - a new .env gets a password for each server", () => {
  let made = 0;
  assert.equal(
    withPasswords("", () => `p${++made}`),
    "POSTGRES_PASSWORD=p1\nNATS_PASSWORD=p2\n",
  );
});

Deno.test("compose - an existing password stays, and so does every other line", () => {
  const kept = "PRODUCTS=BTC-USD\nPOSTGRES_PASSWORD=mine";
  assert.equal(withPasswords(kept, () => "new"), `${kept}\nNATS_PASSWORD=new\n`);
  const whole = `${kept}\nNATS_PASSWORD=mine\n`;
  assert.equal(withPasswords(whole, () => "new"), whole);
});

Deno.test("compose - an empty password counts as missing", () => {
  assert.match(withPasswords("NATS_PASSWORD=\n", () => "new"), /^NATS_PASSWORD=new$/m);
});

Deno.test("compose - passwords differ, and need no escape in a URL or a configuration file", () => {
  const passwords = Array.from({ length: 20 }, newPassword);
  assert.equal(new Set(passwords).size, 20);
  for (const password of passwords) assert.match(password, /^p[0-9a-f]{48}$/);
});

Deno.test("compose - a written .env is readable only by the owner of its folder", async () => {
  const folder = await Deno.makeTempDir();
  try {
    // As in a container, where this runs as root in a user's folder.
    if (Deno.uid() === 0) await Deno.chown(folder, 65534, 65534);
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-config",
        fileURLToPath(new URL("compose_env.ts", import.meta.url)),
      ],
      cwd: folder,
      stdout: "null",
    }).output();
    assert.ok(success);
    const [file, owner] = await Promise.all([Deno.stat(`${folder}/.env`), Deno.stat(folder)]);
    assert.deepEqual([file.uid, file.gid], [owner.uid, owner.gid]);
    assert.equal((file.mode ?? 0) & 0o777, 0o600);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
