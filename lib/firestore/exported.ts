import { join } from "node:path";
import type { FirestoreDocument } from "./document.ts";
import { type DocumentSource, FirestoreError } from "./document_source.ts";
import { documentsIn, type Found, READ_SHAPES } from "./export_shapes.ts";

/** Documents from files. */
export interface ExportedSource extends DocumentSource {
  /** Files with content, but without a document. */
  readonly unread: readonly string[];
  /** The number of parts of the other files that were not documents. */
  readonly strange: number;
  /** The path of one document that was found. */
  readonly example: string | null;
}

const PAGE_SIZE = 1000;
const READ_FILE = /\.(json|jsonl|ndjson)$/i;
/** Names of files in Firestore's own exports. */
const MANAGED_FILE = /export_metadata$|(^|\/)output-\d+$/;

/**
 * Documents from a JSON file, or from those in a folder and below it; all of them are held in memory. `at` is the path
 * of the exported document or collection, the whole database by default.
 */
export async function exportedSource(
  path: string,
  { at }: { readonly at?: string } = {},
): Promise<ExportedSource> {
  const collections = new Map<string, Map<string, FirestoreDocument>>();
  const unread: string[] = [];
  const digests: string[] = [];
  let strange = 0;
  let example: string | null = null;
  for (const file of await filesOf(path)) {
    const bytes = await Deno.readFile(file);
    digests.push(await digestOf(bytes));
    const found = readText(file, decode(bytes), at);
    for (const document of found.documents) place(collections, document);
    example ??= found.documents[0]?.path ?? null;
    if (found.documents.length > 0) strange += found.strange;
    else if (found.strange > 0) unread.push(file);
  }
  // The name includes a hash of the content, so that other files of the same name are imported,
  // too.
  const digest = await digestOf(new TextEncoder().encode(digests.join()));
  return {
    name: `export ${path} ${digest}`,
    unread,
    strange,
    example,
    list(collection, token) {
      const documents = [...collections.get(collection)?.values() ?? []];
      const from = Number(token ?? 0);
      const nextToken = from + PAGE_SIZE < documents.length ? `${from + PAGE_SIZE}` : null;
      return Promise.resolve({ documents: documents.slice(from, from + PAGE_SIZE), nextToken });
    },
    get(path) {
      const [, collection = "", id = ""] = /^(.*)\/([^/]+)$/.exec(path) ?? [];
      return Promise.resolve(collections.get(collection)?.get(id) ?? null);
    },
  };
}

/** Sentences about what can be imported from files. */
export function describeShapes(): string[] {
  return ["what is read of an export:", ...READ_SHAPES.map((shape) => `  ${shape}`)];
}

async function filesOf(path: string): Promise<string[]> {
  const all: string[] = [];
  try {
    if ((await Deno.stat(path)).isFile) all.push(path);
    else for await (const file of filesBelow(path)) all.push(file);
  } catch (cause) {
    throw new FirestoreError(`${path} cannot be read`, { cause });
  }
  const managed = all.find((file) => MANAGED_FILE.test(file));
  if (managed !== undefined) throw new FirestoreError(managedAdvice(managed));
  const files = all.length === 1 && all[0] === path
    ? all
    : all.filter((file) => READ_FILE.test(file));
  if (files.length === 0) throw new FirestoreError(`${path} has no JSON files`);
  return files.sort();
}

async function* filesBelow(folder: string): AsyncGenerator<string> {
  for await (const { name, isFile, isDirectory } of Deno.readDir(folder)) {
    if (isFile) yield join(folder, name);
    if (isDirectory) yield* filesBelow(join(folder, name));
  }
}

function managedAdvice(file: string): string {
  return `${file} is part of an export by Firestore itself (gcloud firestore export), in a form that only Firestore ` +
    `reads. Load it into the emulator, \`gcloud emulators firestore start --host-port=localhost:8080 ` +
    `--import-data=…overall_export_metadata\` or \`firebase emulators:start --only firestore --import FOLDER\`, and ` +
    `import from there: --project P --emulator-host localhost:8080`;
}

/** Decodes UTF-8, or another encoding by its byte-order mark: PowerShell writes UTF-16. */
function decode(bytes: Uint8Array): string {
  const mark = bytes[0] === 0xff && bytes[1] === 0xfe
    ? "utf-16le"
    : bytes[0] === 0xfe && bytes[1] === 0xff
    ? "utf-16be"
    : "utf-8";
  return new TextDecoder(mark).decode(bytes);
}

function readText(file: string, text: string, at: string | undefined): Found {
  if (text.trim() === "") return { documents: [], strange: 0 };
  try {
    return documentsIn(JSON.parse(text), at);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    return documentsIn(readLines(file, text, cause), at);
  }
}

/** One value on each line, whatever the file is called. */
function readLines(file: string, text: string, cause: SyntaxError): unknown[] {
  const lines = text.split("\n").map((line, index) => ({ line: line.trim(), number: index + 1 }));
  return lines.filter(({ line }) => line !== "").map(({ line, number }) => {
    try {
      return JSON.parse(line);
    } catch {
      const where = READ_FILE.exec(file)?.[1]?.toLowerCase() === "json" ? "" : `, line ${number},`;
      throw new FirestoreError(`${file}${where} is not JSON`, { cause });
    }
  });
}

async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return digest.slice(0, 8).toHex();
}

/** Adds a document and those above it, as the REST interface lists them. */
function place(
  collections: Map<string, Map<string, FirestoreDocument>>,
  document: FirestoreDocument,
): void {
  const parts = document.path.split("/");
  for (let length = 2; length <= parts.length; length += 2) {
    const path = parts.slice(0, length).join("/");
    const collection = parts.slice(0, length - 1).join("/");
    const id = parts[length - 1] ?? "";
    const held = collections.get(collection) ?? new Map<string, FirestoreDocument>();
    collections.set(collection, held);
    if (length === parts.length) held.set(id, document);
    else if (!held.has(id)) held.set(id, { path, fields: {} });
  }
}
