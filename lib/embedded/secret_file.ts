/** Writes a file that only its owner may read, all of it or nothing. */
export async function writeSecretFile(path: string, text: string): Promise<void> {
  const draft = `${path}.draft`;
  // The mode applies only to a new file.
  await Deno.remove(draft).catch(() => {});
  await Deno.writeTextFile(draft, text, { mode: 0o600, createNew: true });
  await Deno.rename(draft, path);
}

/** A password of 144 random bits that needs no escaping in a URL, a shell or SQL. */
export function newPassword(): string {
  return crypto.getRandomValues(new Uint8Array(18)).toHex();
}
