import { join } from "node:path";
import { type FirestoreDocument, isRecord, readDocument } from "./document.ts";
import type { DocumentSource } from "./document_source.ts";
import { FirestoreError } from "./document_source.ts";

/**
 * Documents from JSON files in a folder. A file is a list of documents as the REST interface writes them, an answer of
 * its (`{"documents": […]}`), or a map from paths to plain contents. All of them are held in memory.
 */
export async function exportedSource(folder: string, pageSize = 1000): Promise<DocumentSource> {
  const collections = new Map<string, Map<string, FirestoreDocument>>();
  for (const name of await jsonFiles(folder)) {
    for (const document of readFile(name, await Deno.readTextFile(join(folder, name)))) {
      place(collections, document);
    }
  }
  return {
    name: `export ${folder}`,
    list(collection, token) {
      const documents = [...collections.get(collection)?.values() ?? []];
      const from = Number(token ?? 0);
      const nextToken = from + pageSize < documents.length ? `${from + pageSize}` : null;
      return Promise.resolve({ documents: documents.slice(from, from + pageSize), nextToken });
    },
    get(path) {
      const [, collection = "", id = ""] = /^(.*)\/([^/]+)$/.exec(path) ?? [];
      return Promise.resolve(collections.get(collection)?.get(id) ?? null);
    },
  };
}

async function jsonFiles(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name, isFile } of Deno.readDir(folder)) {
      if (isFile && name.endsWith(".json")) names.push(name);
    }
  } catch (cause) {
    throw new FirestoreError(`${folder} cannot be read`, { cause });
  }
  if (names.length === 0) throw new FirestoreError(`${folder} has no JSON files`);
  return names.sort();
}

function readFile(name: string, text: string): FirestoreDocument[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new FirestoreError(`${name} is no JSON`, { cause });
  }
  const list = isRecord(value) && Array.isArray(value.documents) ? value.documents : value;
  if (Array.isArray(list)) return list.map(readDocument).filter((one) => one !== null);
  if (!isRecord(value)) throw new FirestoreError(`${name} holds no documents`);
  return Object.entries(value).flatMap(([path, fields]) =>
    isRecord(fields) ? [{ path, fields }] : []
  );
}

/** With every document there are the ones it stands below, as the REST interface lists them. */
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
