// esbuild puts the build's id here in the browser's copy of this module.
declare const FRESH_BUILD_ID: string | undefined;

let current = typeof FRESH_BUILD_ID === "string" ? FRESH_BUILD_ID : "unbuilt";

/** The id of the build in use. */
export function buildId(): string {
  return current;
}

/** Set once per process, when an app gets its build. */
export function setBuildId(id: string): void {
  current = id;
}
