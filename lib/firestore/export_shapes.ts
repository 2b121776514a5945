import { type FirestoreDocument, isRecord, pathOf, readDocument, readFields } from "./document.ts";
import { plainValue } from "./plain_value.ts";

/** The supported formats, for messages about others. */
export const READ_SHAPES = [
  'documents of the REST interface, alone, as a list, {"documents": […]}, or as runQuery and batchGet answer',
  'nested documents: {"__collections__": {"exchanges": …}} (node-firestore-import-export, Firefoo)',
  'nested collections: {"exchanges": {"coinbase": {…, "subCollection": …}}} (firestore-export-import)',
  'maps from paths to contents: {"exchanges/coinbase/products/…": {…}}',
  '{"path": …, "data": {…}}, as a list or one on each line (.jsonl, .ndjson)',
] as const;

/** The documents found in a JSON value. */
export interface Found {
  readonly documents: FirestoreDocument[];
  /** The number of parts that are not documents. */
  strange: number;
}

const REST_KEYS: ReadonlySet<string> = new Set(["name", "fields", "createTime", "updateTime"]);

type Fields = Readonly<Record<string, unknown>>;

/** Keys under which tools put the collections below a document. */
const NESTED = ["__collections__", "__subcollections__", "subCollection", "subCollections"];

/** Names of collections below a document, for tools that do not separate them from fields. */
const BELOW: Readonly<Record<string, readonly string[]>> = {
  exchanges: ["products"],
  products: ["history", "intervals"],
  history: ["candles"],
};

/**
 * Finds the documents of a JSON value, in whichever of `READ_SHAPES` it has them. `base` is the path of the document or
 * collection that the export was made of; the whole database without one.
 */
export function documentsIn(value: unknown, base = ""): Found {
  const found: Found = { documents: [], strange: 0 };
  take(value, pathOf(base), found);
  return found;
}

function take(value: unknown, base: string, found: Found): void {
  if (Array.isArray(value)) {
    for (const one of value) take(one, base, found);
    return;
  }
  if (!isRecord(value)) {
    found.strange++;
    return;
  }
  const inner = value.document ?? value.found ?? value.documents;
  if (Array.isArray(inner) || readDocument(inner) !== null) return take(inner, base, found);
  if (isEmptyAnswer(value)) return;
  const rest = readDocument(value);
  if (rest !== null && (isRecord(value.fields) || isResource(value.name))) {
    found.documents.push(rest);
    return;
  }
  if (isFirefoo(value)) return nested(value.data, value.meta.resourcePath.join("/"), found);
  const content = value.data ?? value.fields;
  const path = value.path ?? value._path ?? value.__path__;
  if (typeof path === "string" && isRecord(content)) return document(pathOf(path), content, found);
  const id = value.id ?? value._id ?? value.__id__ ?? value.documentId;
  if (typeof id === "string" && isCollection(base)) {
    return document(`${base}/${id}`, isRecord(content) ? content : value, found);
  }
  nested(value, base, found);
}

/** Whether it is one of the other answers of runQuery and batchGet: a missing document, a read time, a transaction. */
function isEmptyAnswer(value: Fields): boolean {
  return ["missing", "readTime", "transaction"].some((key) => typeof value[key] === "string");
}

/** Whether it is a REST document. One that only has collections below it has just a name. */
function isResource(name: unknown): boolean {
  return typeof name === "string" && name.includes("/documents/");
}

interface Firefoo {
  readonly meta: { readonly resourcePath: readonly string[] };
  readonly data: unknown;
}

function isFirefoo(value: Fields): value is Fields & Firefoo {
  const path = isRecord(value.meta) ? value.meta.resourcePath : null;
  return Array.isArray(path) && path.every((part) => typeof part === "string") && "data" in value;
}

/** Reads what was exported from a path: the content of a document, or documents by id; at the root, either by path. */
function nested(value: unknown, base: string, found: Found): void {
  if (!isRecord(value)) found.strange++;
  else if (NESTED.some((key) => key in value)) document(base, value, found);
  else if (isCollection(base)) collection(base, value, found);
  else if (base !== "") document(base, value, found);
  else for (const [path, content] of Object.entries(value)) placed(pathOf(path), content, found);
}

function placed(path: string, content: unknown, found: Found): void {
  if (isCollection(path)) collection(path, content, found);
  else document(path, content, found);
}

function collection(path: string, content: unknown, found: Found): void {
  if (Array.isArray(content)) {
    // Candles in a list need no ids.
    if (path.endsWith("/candles")) document(`${path}/list`, { candles: content }, found);
    else for (const one of content) take(one, path, found);
  } else if (!isRecord(content)) {
    found.strange++;
  } else {
    for (const [id, one] of Object.entries(content)) document(`${path}/${id}`, one, found);
  }
}

function document(path: string, content: unknown, found: Found): void {
  if (!isRecord(content)) {
    found.strange++;
    return;
  }
  const parent = path.split("/").at(-2) ?? "";
  const fields: [string, unknown][] = [];
  for (const [name, value] of Object.entries(content)) {
    if (NESTED.includes(name) && isRecord(value)) {
      for (const [below, documents] of Object.entries(value)) {
        // Some tools name the whole path, others only the collection.
        const isWhole = path !== "" && below.startsWith(`${path}/`);
        collection(isWhole || path === "" ? below : `${path}/${below}`, documents, found);
      }
    } else if (isBelow(parent, name) && typeof value === "object" && value !== null) {
      collection(`${path}/${name}`, value, found);
    } else {
      fields.push([name, value]);
    }
  }
  if (path !== "") found.documents.push({ path, fields: fieldsOf(Object.fromEntries(fields)) });
}

function isBelow(parent: string, name: string): boolean {
  return BELOW[parent]?.includes(name) ?? false;
}

/** Plain contents, or a document of the REST interface under its path. */
function fieldsOf(content: Fields): Fields {
  const isWrapped = Object.keys(content).every((key) => REST_KEYS.has(key));
  if (isWrapped && isRecord(content.fields)) return readFields(content.fields);
  const plain = plainValue(content);
  return isRecord(plain) ? plain : {};
}

function isCollection(path: string): boolean {
  return path !== "" && path.split("/").length % 2 === 1;
}
