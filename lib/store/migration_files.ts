/** One numbered migration, read from its file. */
export interface Migration {
  readonly number: number;
  /** `0001_candles`. */
  readonly name: string;
  readonly up: string;
  readonly down: string;
  /** SHA-256 of the file, hex: an applied migration must never change. */
  readonly checksum: string;
  /** Checksums of earlier versions of the file with the same result: lines `-- formerly {SHA-256}`. */
  readonly formerly: readonly string[];
}

/** A migration, or the record of one, that cannot be used. The message is one line. */
export class MigrationError extends Error {
  override name = "MigrationError";
}

const DIRECTORY = new URL("../../migrations/", import.meta.url);
const FILE_NAME = /^(\d{4})_[a-z0-9_]+\.sql$/;

/**
 * Reads the numbered migrations, ascending. A file is `-- up` on its own line, SQL, `-- down`, SQL. Throws a
 * `MigrationError` for a missing part, a repeated number or a hole in the numbers.
 */
export async function readMigrations(directory: URL = DIRECTORY): Promise<readonly Migration[]> {
  const migrations: Migration[] = [];
  for await (const { name, isFile } of Deno.readDir(directory)) {
    if (!isFile || !name.endsWith(".sql")) continue;
    migrations.push(await parseMigration(name, await Deno.readTextFile(new URL(name, directory))));
  }
  migrations.sort((a, b) => a.number - b.number);
  migrations.forEach(({ number, name }, index) => {
    if (number !== index + 1) {
      throw new MigrationError(`migration ${name} should have the number ${index + 1}`);
    }
  });
  return migrations;
}

/** Reads one migration file's name and text. */
export async function parseMigration(fileName: string, text: string): Promise<Migration> {
  const number = FILE_NAME.exec(fileName)?.[1];
  if (number === undefined) {
    throw new MigrationError(`migration file ${fileName} is not named like 0001_candles.sql`);
  }
  const parts = text.split(/^-- (up|down)[ \t]*$/m);
  // Head, "up", its SQL, "down", its SQL.
  const [, first, up, second, down] = parts;
  if (parts.length !== 5 || first !== "up" || second !== "down" || !up?.trim() || !down?.trim()) {
    throw new MigrationError(
      `migration ${fileName} needs "-- up" with SQL, then "-- down" with SQL`,
    );
  }
  return {
    number: Number(number),
    name: fileName.slice(0, -".sql".length),
    up,
    down,
    checksum: await sha256(text),
    formerly: [...text.matchAll(/^-- formerly ([0-9a-f]{64})$/gm)].map(([, sum = ""]) => sum),
  };
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(digest).toHex();
}
