/**
 * `deno run -A deploy/compose_env.ts`: writes `.env` with new passwords for compose.yaml. An existing `.env` keeps
 * every line and gets only what it lacks, since a password must stay the one that the database was created with. The
 * file gets the owner of its folder: a container runs this as root, while Docker is called by another user.
 */
const PASSWORDS = ["POSTGRES_PASSWORD", "NATS_PASSWORD"];

/** The text with a line for each password that it does not have yet. */
export function withPasswords(text: string, password: () => string): string {
  const missing = PASSWORDS.filter((name) => !new RegExp(`^${name}=.`, "m").test(text));
  const kept = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  return kept + missing.map((name) => `${name}=${password()}\n`).join("");
}

/**
 * Safe in a URL and in a configuration file without escaping: nats-server would read what begins
 * with a digit as a number.
 */
export function newPassword(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  return `p${bytes.toHex()}`;
}

if (import.meta.main) {
  const path = ".env";
  const before = await Deno.readTextFile(path).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  });
  const after = withPasswords(before, newPassword);
  if (after !== before) {
    await Deno.writeTextFile(path, after, { mode: 0o600 });
    if (Deno.build.os === "linux" && Deno.uid() === 0) {
      const { uid, gid } = await Deno.stat(".");
      await Deno.chown(path, uid, gid);
    }
  }
  console.log(after === before ? `${path} has all it needs` : `${path} written`);
}
