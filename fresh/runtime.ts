/** What pages, components and islands use, on the server and in the browser. */
import { assetPath } from "./asset.ts";
import { buildId } from "./build_id.ts";

export { Head, type HeadProps } from "./head.ts";

/** True in the browser, false on the server. */
export const IS_BROWSER: boolean = typeof document !== "undefined";

/** A static file's path with the build's id, which is served immutable for a year. */
export function asset(path: string): string {
  return assetPath(path, buildId());
}
