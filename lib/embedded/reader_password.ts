import { join } from "node:path";
import { newPassword, writeSecretFile } from "./secret_file.ts";

/**
 * The password for read-only access to a server, kept in a file of the server's directory that only its owner may read;
 * a new one if there is none.
 */
export async function readReaderPassword(home: string): Promise<string> {
  const path = join(home, "reader_password");
  const saved = (await Deno.readTextFile(path).catch(() => "")).trim();
  if (/^[0-9a-f]{36}$/.test(saved)) return saved;
  const password = newPassword();
  await writeSecretFile(path, password);
  return password;
}
