import { EmbeddedError } from "./error.ts";

/** Throws `EmbeddedError` where no server can be embedded, which is everywhere but on Linux. */
export function requireLinux(server: string, instead: string): void {
  if (Deno.build.os !== "linux") {
    throw new EmbeddedError(`${server} is not started on ${Deno.build.os}: ${instead}`);
  }
}
