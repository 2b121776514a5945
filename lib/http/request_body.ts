import { type Clock, systemClock } from "../time/clock.ts";

/** How much of a request's body is read, and for how long. */
export interface BodyLimits {
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

/** A refused body, with the HTTP status of the reason. */
export class BodyRefusal extends Error {
  override readonly name = "BodyRefusal";

  constructor(readonly status: 408 | 413, message: string) {
    super(message);
  }
}

/**
 * Reads a request's whole body. Throws a `BodyRefusal` as soon as it is too long, whatever its headers promise, or when
 * it is not complete in time, so that a client that sends a byte a second does not occupy the server.
 */
export async function readBody(
  request: Request,
  { maxBytes, timeoutMs }: BodyLimits,
  clock: Clock = systemClock,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = request.body?.getReader();
  if (reader === undefined) return new Uint8Array();
  const late = Promise.withResolvers<never>();
  const cancel = clock.after(
    timeoutMs,
    () => late.reject(new BodyRefusal(408, "the body took too long")),
  );
  late.promise.catch(() => {});
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  try {
    for (;;) {
      const { value, done } = await Promise.race([reader.read(), late.promise]);
      if (done) return await new Blob(chunks).bytes();
      length += value.length;
      if (length > maxBytes) {
        throw new BodyRefusal(413, `the body is longer than ${maxBytes} bytes`);
      }
      chunks.push(value);
    }
  } catch (error) {
    void reader.cancel().catch(() => {});
    throw error;
  } finally {
    cancel();
  }
}
