/** Whether a parsed JSON value is an object (not an array, not null), whose fields are still unknown. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A parsed JSON value if it is an array; an empty one for null, which is how Go writes an empty list. */
export function asList(value: unknown): readonly unknown[] | null {
  if (value === null) return [];
  return Array.isArray(value) ? value : null;
}
