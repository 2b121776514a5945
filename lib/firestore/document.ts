/** A document: its path below the database, `exchanges/coinbase/products/BTC-USD`, and its fields. */
export interface FirestoreDocument {
  readonly path: string;
  /** Plain values: texts, numbers, booleans, null, lists and maps. Integers and times are texts. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Reads a document of Firestore's REST interface; null if it is not one. */
export function readDocument(raw: unknown): FirestoreDocument | null {
  if (!isRecord(raw) || typeof raw.name !== "string") return null;
  return { path: pathOf(raw.name), fields: readFields(raw.fields) };
}

/** A path below the database, of a whole resource name as well: `projects/p/databases/(default)/documents/a/b`. */
export function pathOf(name: string): string {
  return name.replace(/^.*?\/documents\//, "").replace(/^\/+|\/+$/g, "");
}

/** Whether a value is an object with keys. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The REST interface's names of types. */
export const REST_TYPES: ReadonlySet<string> = new Set([
  "arrayValue",
  "booleanValue",
  "bytesValue",
  "doubleValue",
  "geoPointValue",
  "integerValue",
  "mapValue",
  "nullValue",
  "referenceValue",
  "stringValue",
  "timestampValue",
]);

/** A map of wrapped values as plain ones. */
export function readFields(raw: unknown): Record<string, unknown> {
  if (!isRecord(raw)) return {};
  return Object.fromEntries(Object.entries(raw).map(([name, value]) => [name, readValue(value)]));
}

/** Firestore wraps each value in an object that names its type. */
export function readValue(raw: unknown): unknown {
  if (!isRecord(raw)) return null;
  if (isRecord(raw.mapValue)) return readFields(raw.mapValue.fields);
  if (isRecord(raw.arrayValue)) {
    const { values } = raw.arrayValue;
    return Array.isArray(values) ? values.map(readValue) : [];
  }
  for (const type of ["integerValue", "doubleValue", "stringValue", "timestampValue"]) {
    if (raw[type] !== undefined) return raw[type];
  }
  return typeof raw.booleanValue === "boolean" ? raw.booleanValue : null;
}
