import { constants, deflateRawSync } from "node:zlib";
import { concat } from "./sse.ts";

type Chunk = Uint8Array<ArrayBuffer>;

/**
 * The header of a gzip stream, without name and time. The trailer with its checksum is never sent, since a stream has
 * no end.
 */
const HEADER = new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
/** Higher levels take more time and save almost no bytes. */
const LEVEL = 4;

/**
 * Compresses chunks of streams independently: each ends at a byte boundary and refers to nothing before it. So a chunk
 * that a thousand clients share is compressed once, a client costs no memory, and each chunk can be read as soon as it
 * arrives. Separate gzip members would be as independent, but many readers stop after the first one.
 */
export class SharedGzip {
  readonly #done = new WeakMap<Chunk, Chunk>();

  /** A compressed chunk, with the header if it is a stream's first. */
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
