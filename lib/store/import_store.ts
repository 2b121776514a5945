import type { Database } from "./database.ts";

export interface ImportProgress {
  /** Where to resume; null: the whole collection was imported. */
  readonly nextToken: string | null;
  readonly imported: number;
  readonly skipped: number;
}

/** The progress of imports in PostgreSQL. */
export class ImportStore {
  constructor(private readonly database: Database) {}

  /** Null where nothing of the collection was imported yet. */
  async progress(source: string, collection: string): Promise<ImportProgress | null> {
    const [row] = await this.database<
      { next_token: string | null; imported: string; skipped: string }[]
    >`SELECT next_token, imported, skipped FROM imports
      WHERE source = ${source} AND collection = ${collection}`;
    if (row === undefined) return null;
    return {
      nextToken: row.next_token,
      imported: Number(row.imported),
      skipped: Number(row.skipped),
    };
  }

  /** Records how much of a collection was imported. */
  async remember(
    source: string,
    collection: string,
    { nextToken, imported, skipped }: ImportProgress,
  ): Promise<void> {
    await this.database`INSERT INTO imports (source, collection, next_token, imported, skipped)
      VALUES (${source}, ${collection}, ${nextToken}, ${imported}, ${skipped})
      ON CONFLICT (source, collection) DO UPDATE SET next_token = excluded.next_token,
        imported = excluded.imported, skipped = excluded.skipped`;
  }
}
