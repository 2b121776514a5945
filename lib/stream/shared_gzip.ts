import { constants, deflateRawSync } from "node:zlib";
import { concat } from "./sse.ts";

type Chunk = Uint8Array<ArrayBuffer>;

/** What a gzip stream begins with: no name, no time. Its end, with a checksum, never comes: a stream has none. */
const HEADER = new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
/** Beyond this the time grows, and the bytes hardly become fewer. */
const LEVEL = 4;

/**
 * Compresses chunks of streams, each by itself: it ends at a byte's border and refers to nothing before it. So a chunk
 * that a thousand clients share is compressed once for all of them, a client costs no memory, and each chunk can be read
 * as soon as it is there. Members of gzip's own would be as independent, but many readers stop after the first of them.
 */
export class SharedGzip {
  readonly #done = new WeakMap<Chunk, Chunk>();

  /** A chunk as it is sent, after others or, with what a stream begins with, as the first. */
  encode(chunk: Chunk, isFirst: boolean): Chunk {
    const encoded = this.#done.get(chunk) ?? this.#compress(chunk);
    return isFirst ? concat([HEADER, encoded]) : encoded;
  }

  #compress(chunk: Chunk): Chunk {
    const encoded = new Uint8Array(
      deflateRawSync(chunk, { level: LEVEL, finishFlush: constants.Z_SYNC_FLUSH }),
    );
    this.#done.set(chunk, encoded);
    return encoded;
  }
}
