import { z } from "zod";
import { CONNECTIONS, type Entry, PURPOSES, type Recording } from "./recording.ts";

/** The file is not a probe's recording, or damaged; the message names the line. */
export class RecordingError extends Error {
  override readonly name = "RecordingError";
}

const FORMAT = "spot-canvas-probe-1";
/** Longest file that is read: every character of a full recording escaped, and its frame around it. */
const MAX_FILE_BYTES = 512 * 1024 * 1024;

const atMs = z.number();
const connection = z.enum(CONNECTIONS);
const purpose = z.enum(PURPOSES);
const path = z.string().startsWith("/");

const HEAD = z.object({
  format: z.literal(FORMAT),
  startedAt: z.string(),
  wsUrl: z.string(),
  restUrl: z.string(),
  products: z.array(z.string()),
  full: z.boolean(),
});

const ENTRY = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("opened"), connection, atMs }),
  z.object({ kind: z.literal("sent"), connection, text: z.string(), atMs }),
  z.object({
    kind: z.literal("frame"),
    connection,
    text: z.string(),
    length: z.number().exactOptional(),
    atMs,
  }),
  z.object({ kind: z.literal("binary"), connection, bytes: z.number(), atMs }),
  z.object({
    kind: z.literal("closed"),
    connection,
    code: z.number(),
    reason: z.string(),
    atMs,
  }),
  z.object({
    kind: z.literal("answer"),
    purpose,
    path,
    askedAtMs: z.number(),
    atMs,
    status: z.number(),
    headers: z.record(z.string(), z.string()),
    body: z.string(),
  }),
  z.object({ kind: z.literal("failure"), purpose, path, reason: z.string(), atMs }),
]);

/** Writes a recording as lines of JSON: the first is its head, each further one an entry. Replaces the file. */
export async function writeRecording(file: string, recording: Recording): Promise<void> {
  const { entries, ...head } = recording;
  const encoder = new TextEncoder();
  using out = await Deno.open(file, { write: true, create: true, truncate: true });
  const writer = out.writable.getWriter();
  await writer.write(encoder.encode(JSON.stringify({ format: FORMAT, ...head }) + "\n"));
  for (const entry of entries) await writer.write(encoder.encode(JSON.stringify(entry) + "\n"));
  await writer.close();
}

/**
 * Reads a recording back. Rejects with a `RecordingError` if it is not one, and as `Deno.stat`
 * does without a file.
 */
export async function readRecording(file: string): Promise<Recording> {
  const { size, isFile } = await Deno.stat(file);
  if (!isFile) throw new RecordingError(`${file} is not a file`);
  if (size > MAX_FILE_BYTES) {
    throw new RecordingError(`${file} is longer than any recording: ${size} bytes`);
  }
  const lines = (await Deno.readTextFile(file)).split("\n");
  const head = HEAD.safeParse(parsed(lines[0]));
  if (!head.success) {
    throw new RecordingError(`${file} is not a recording of a probe: line 1 is not its head`);
  }
  const entries: Entry[] = [];
  for (const [index, line] of lines.slice(1).entries()) {
    if (line === "") continue;
    const entry = ENTRY.safeParse(parsed(line));
    if (!entry.success) {
      throw new RecordingError(
        `${file} is damaged: line ${index + 2} is not an entry of a recording`,
      );
    }
    entries.push(entry.data);
  }
  const { startedAt, wsUrl, restUrl, products, full } = head.data;
  return { startedAt, wsUrl, restUrl, products, full, entries };
}

function parsed(line: string | undefined): unknown {
  try {
    return JSON.parse(line ?? "");
  } catch {
    return null;
  }
}
