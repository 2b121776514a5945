import { isRecord, readValue, REST_TYPES } from "./document.ts";

/** Deeper than any export; what is below is left out. */
const MAX_DEPTH = 32;

/**
 * Converts a value of an exported document to a plain one. Each tool has its own notation for types that JSON lacks:
 * times as `{_seconds, _nanoseconds}` (the SDKs for servers), `{seconds, nanoseconds}` (those for browsers),
 * `{__datatype__, value}`, `{__time__}`, `{$date}`, and the REST interface wraps every value in an object that names
 * its type. Times become epoch seconds or the text that was there.
 */
export function plainValue(raw: unknown, depth = 0): unknown {
  if (depth > MAX_DEPTH) return null;
  if (Array.isArray(raw)) return raw.map((one) => plainValue(one, depth + 1));
  if (!isRecord(raw)) return raw;
  if ("__datatype__" in raw) return plainValue(raw.value, depth + 1);
  if ("__time__" in raw) return raw.__time__;
  if ("$date" in raw) return plainValue(raw.$date, depth + 1);
  const time = secondsOf(raw);
  if (time !== null) return time;
  const [type, ...others] = Object.keys(raw);
  if (type !== undefined && others.length === 0 && REST_TYPES.has(type)) return readValue(raw);
  return Object.fromEntries(
    Object.entries(raw).map(([name, value]) => [name, plainValue(value, depth + 1)]),
  );
}

function secondsOf(raw: Readonly<Record<string, unknown>>): number | null {
  const nanoseconds = raw._nanoseconds ?? raw.nanoseconds ?? raw.nanos;
  const seconds = raw._seconds ?? (nanoseconds === undefined ? undefined : raw.seconds);
  const [whole, fraction] = [seconds, nanoseconds ?? 0].map(numberOf);
  if (whole === undefined || fraction === undefined) return null;
  const time = whole + fraction / 1e9;
  return Number.isFinite(time) ? time : null;
}

function numberOf(raw: unknown): number {
  return typeof raw === "number" || typeof raw === "string" && raw !== "" ? Number(raw) : NaN;
}
