import { Buffer } from "node:buffer";
import { once } from "node:events";
// @ts-types="./pg.d.ts"
import type pg from "pg";
import { DatabaseDownError, describeError } from "./database_error.ts";

/** PostgreSQL's COPY as a stream of bytes, so that memory does not depend on a table's size. */
export interface Copying {
  /** Passes the output of a `COPY … TO STDOUT` to `take` and waits for it. Returns the number of rows. */
  copyOut(text: string, take: (bytes: Uint8Array) => Promise<void>): Promise<number>;
  /** Hands bytes to a `COPY … FROM STDIN` and returns how many rows it took; if they throw, it took none. */
  copyIn(text: string, rows: AsyncIterable<Uint8Array>): Promise<number>;
}

/** Most bytes that are fetched and not yet taken. */
const MOST_HELD_BYTES = 256 * 1024;

/** COPY on one connection, which is used for nothing else until it ends. */
export function copyingOn(client: pg.PoolClient): Copying {
  return {
    copyOut: (text, take) => copyOut(client, text, take),
    copyIn: (text, rows) => copyIn(client, text, rows),
  };
}

async function copyOut(
  client: pg.PoolClient,
  text: string,
  take: (bytes: Uint8Array) => Promise<void>,
): Promise<number> {
  const { stream } = client.connection;
  const copy = client.query(new CopyQuery(text, stream));
  try {
    for (;;) {
      // In large chunks, since rows come one by one.
      const bytes = copy.takeHeld();
      if (bytes.length > 0) await take(bytes);
      else if (copy.isOver) return await copy.rows;
      else await copy.change();
    }
  } catch (error) {
    // Rows that are not taken would block every further answer on the connection.
    if (!copy.isOver) stream.destroy();
    throw error;
  }
}

async function copyIn(
  client: pg.PoolClient,
  text: string,
  rows: AsyncIterable<Uint8Array>,
): Promise<number> {
  const { connection } = client;
  const copy = client.query(new CopyQuery(text, connection.stream));
  await copy.requested;
  try {
    for await (const bytes of rows) {
      if (copy.isOver) break;
      connection.sendCopyFromChunk(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
      if (connection.stream.writableNeedDrain) await drain(connection.stream, copy);
    }
  } catch (error) {
    if (!copy.isOver) connection.sendCopyFail("the rows cannot be read");
    await copy.rows.catch(() => {});
    throw error;
  }
  if (!copy.isOver) connection.endCopyFrom();
  return await copy.rows;
}

/** Waits until there is room, or PostgreSQL accepts no more. */
async function drain(stream: pg.Connection["stream"], copy: CopyQuery): Promise<void> {
  const stop = new AbortController();
  try {
    await Promise.race([once(stream, "drain", { signal: stop.signal }), copy.rows]);
  } finally {
    stop.abort();
  }
}

/** A COPY as `pg` runs it: the methods are called with what PostgreSQL answers. */
class CopyQuery implements pg.Submittable {
  readonly #end = Promise.withResolvers<number>();
  readonly #requested = Promise.withResolvers<void>();
  #change = Promise.withResolvers<void>();
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #rows = 0;
  #isOver = false;

  constructor(
    private readonly text: string,
    private readonly stream: pg.Connection["stream"],
  ) {
    this.#end.promise.catch(() => {});
    this.#requested.promise.catch(() => {});
  }

  /** How many rows it was, at its end. */
  get rows(): Promise<number> {
    return this.#end.promise;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Resolves when PostgreSQL requests rows. */
  get requested(): Promise<void> {
    return this.#requested.promise;
  }

  /** Resolves when more is held, or at the end. */
  change(): Promise<void> {
    return this.#change.promise;
  }

  takeHeld(): Uint8Array {
    const bytes = Buffer.concat(this.#held, this.#heldBytes);
    this.#held = [];
    this.#heldBytes = 0;
    if (!this.#isOver) this.#change = Promise.withResolvers();
    this.stream.resume();
    return bytes;
  }

  submit(connection: pg.Connection): void {
    connection.query(this.text);
  }

  handleCopyInResponse(): void {
    this.#requested.resolve();
  }

  handleCopyData({ chunk }: { readonly chunk: Uint8Array }): void {
    // A copy, since the protocol's reader reuses its buffer.
    this.#held.push(Uint8Array.from(chunk));
    this.#heldBytes += chunk.length;
    if (this.#heldBytes >= MOST_HELD_BYTES) this.stream.pause();
    this.#change.resolve();
  }

  handleCommandComplete({ text = "" }: { readonly text?: string }): void {
    this.#rows = Number(/^COPY (\d+)$/.exec(text)?.[1] ?? 0);
  }

  handleReadyForQuery(): void {
    this.#finish();
    this.#end.resolve(this.#rows);
  }

  handleError(error: Error): void {
    this.#finish();
    const isRefused = "code" in error && "severity" in error;
    const reason = isRefused
      ? error
      : new DatabaseDownError(describeError(error), { cause: error });
    this.#end.reject(reason);
    this.#requested.reject(reason);
  }

  #finish(): void {
    this.#isOver = true;
    this.#change.resolve();
    this.stream.resume();
  }
}
