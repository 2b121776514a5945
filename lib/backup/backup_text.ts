import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { damaged, END_OF_ROWS } from "./backup_format.ts";

const LINE_END = 10;
/** Longer than any row; a longer line is not of a backup. */
const MOST_LINE_BYTES = 64 * 2 ** 20;
const END_MARK = new TextEncoder().encode(`\n${END_OF_ROWS}\n`);

/** Reads a backup's text once, from begin to end: lines, and rows in pieces of whole lines. Needs no closing. */
export class BackupText {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #hash = createHash("sha256");
  #held: Uint8Array = new Uint8Array();

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The next line without its end. */
  async line(): Promise<string> {
    const line = await this.#nextLine();
    this.#hash.update(line);
    return lineText(line);
  }

  /** The last line, and the hash of all before it. Throws if more follows. */
  async lastLine(): Promise<{ readonly line: string; readonly sha256: string }> {
    const line = lineText(await this.#nextLine());
    if (this.#held.length > 0 || await this.#more()) throw damaged();
    return { line, sha256: this.#hash.digest("hex") };
  }

  /** The rows up to the line that ends them, which is taken too. */
  async *rows(): AsyncGenerator<Uint8Array, void> {
    // The buffer always begins with a line, since pieces end with one.
    for (;;) {
      if (startsWith(this.#held, END_MARK.subarray(1))) {
        this.#hash.update(this.#take(END_MARK.length - 1));
        return;
      }
      const end = Buffer.from(this.#held.buffer, this.#held.byteOffset, this.#held.length)
        .indexOf(END_MARK);
      const length = end >= 0 ? end + 1 : this.#held.lastIndexOf(LINE_END) + 1;
      if (length > 0) {
        const piece = this.#take(length);
        this.#hash.update(piece);
        yield piece;
      } else if (!await this.#more()) throw damaged();
    }
  }

  async #nextLine(): Promise<Uint8Array> {
    for (;;) {
      const end = this.#held.indexOf(LINE_END);
      if (end >= 0) return this.#take(end + 1);
      if (!await this.#more()) throw damaged();
    }
  }

  #take(length: number): Uint8Array {
    const taken = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(length);
    return taken;
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#source.next();
    if (done) return false;
    if (this.#held.length + value.length > MOST_LINE_BYTES) throw damaged();
    this.#held = this.#held.length === 0 ? value : Buffer.concat([this.#held, value]);
    return true;
  }
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return bytes.length >= start.length && start.every((byte, i) => bytes[i] === byte);
}

function lineText(line: Uint8Array): string {
  return new TextDecoder().decode(line.subarray(0, -1));
}
