import {
  configureSync,
  getJsonLinesFormatter,
  getLogger,
  getTextFormatter,
  type Logger,
  type LogRecord,
  resetSync,
  type TextFormatter,
} from "@logtape/logtape";
import { isSecretName, MASK, redactText, redactValue } from "./log/redact.ts";

export type { Logger };

export type LogLevel = "debug" | "info" | "warning" | "error";

export interface LogOptions {
  readonly level: LogLevel;
  /**
   * Lines for people, or JSON lines for machines; by default according to what standard output is.
   */
  readonly format?: "human" | "json";
  /** The web worker's number, added to each of its lines. */
  readonly worker?: number | null;
  /** Receives each finished line, its line end included; by default standard output. */
  readonly write?: (line: string) => void;
}

const ROOT = "spot-canvas";

/**
 * Sets where the logs of all rooms go; a second call replaces the first. Secrets are masked in every record before it
 * is formatted, so no caller has to.
 */
export function configureLog(
  { level, format, worker = null, write = writeStdout }: LogOptions,
): void {
  const human = (format ?? (Deno.stdout.isTerminal() ? "human" : "json")) === "human";
  const toLine = human ? HUMAN : JSON_LINES;
  resetSync();
  configureSync({
    sinks: { lines: (record) => write(toLine(named(redactRecord(record), worker))) },
    loggers: [
      { category: [ROOT], sinks: ["lines"], lowestLevel: level },
      // LogTape's own messages: only what is wrong with logging itself.
      { category: ["logtape", "meta"], sinks: ["lines"], lowestLevel: "error" },
    ],
  });
}

/**
 * A room's logger. `log.info("repaired {count} trades", { count, productId })`: the message names what it needs
 * in braces, the other properties follow it. An error goes in as `{ error }`.
 */
export function logger(room: string): Logger {
  return getLogger([ROOT, room]);
}

function named(record: LogRecord, worker: number | null): LogRecord {
  return worker === null ? record : { ...record, properties: { ...record.properties, worker } };
}

function redactRecord(record: LogRecord): LogRecord {
  const properties = redactValue(record.properties);
  return {
    ...record,
    message: [redactMessage(record)],
    properties: isRecord(properties) ? properties : {},
  };
}

/** The message as one text. If its template names a secret, none of its values is shown. */
function redactMessage({ message, rawMessage }: LogRecord): string {
  const names = typeof rawMessage === "string" ? rawMessage.match(/\{[^{}]*\}/g) ?? [] : [];
  const hidden = names.some(isSecretName);
  return message.map((part, index) => {
    if (index % 2 === 1 && hidden) return MASK;
    if (part instanceof Error) return redactText(`${part}`);
    const safe = redactValue(part);
    return typeof safe === "string" ? safe : short(safe);
  }).join("");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const JSON_LINES: TextFormatter = getJsonLinesFormatter({
  categorySeparator: (category) => category.slice(1).join("."),
});

const HUMAN: TextFormatter = getTextFormatter({
  timestamp: "time",
  timeZone: null,
  level: (level) => level.padEnd(7),
  category: (category) => category.slice(1).join("."),
  sanitize: { newlines: "escape", sgr: "escape" },
  format: ({ timestamp, level, category, message, record }) =>
    `${timestamp} ${level} ${category}: ${message}${rest(record)}`,
});

/** The properties that the message does not show already, as ` name=value`. */
function rest(record: LogRecord): string {
  const template = typeof record.rawMessage === "string" ? record.rawMessage : "";
  return Object.entries(record.properties)
    .filter(([name, value]) => value !== undefined && !template.includes(`{${name}}`))
    .map(([name, value]) => ` ${name}=${short(value)}`)
    .join("");
}

/** A value on one line. An error is its message and what caused it; stacks are in the JSON lines. */
function short(value: unknown): string {
  if (typeof value === "string") return /^[\w.:/@*-]+$/.test(value) ? value : JSON.stringify(value);
  if (typeof value === "bigint") return `${value}`;
  if (isRecord(value) && typeof value.message === "string" && typeof value.name === "string") {
    const cause = value.cause === undefined ? "" : ` <- ${short(value.cause)}`;
    return `${JSON.stringify(`${value.name}: ${value.message}`)}${cause}`;
  }
  return JSON.stringify(value, (_, inner) => typeof inner === "bigint" ? `${inner}` : inner);
}

const UTF8 = new TextEncoder();

function writeStdout(line: string): void {
  let bytes = UTF8.encode(line);
  while (bytes.length > 0) bytes = bytes.subarray(Deno.stdout.writeSync(bytes));
}
