/** What a file in the routes folder is, by its name. */
export type FsRouteKind = "app" | "layout" | "middleware" | "error" | "route";

/** A file of the routes folder and its loaded module. */
export interface FsRoute {
  readonly kind: FsRouteKind;
  /** The file, for messages. */
  readonly file: string;
  /** The folder, groups included: `/`, `/products`, `/(pages)/about`. */
  readonly folder: string;
  /** The URLPattern path, `/products/:product`. */
  readonly pattern: string;
  readonly module: Record<string, unknown>;
}

const KINDS: Readonly<Record<string, FsRouteKind>> = {
  _app: "app",
  _layout: "layout",
  _middleware: "middleware",
  _error: "error",
};

const ORDER: readonly FsRouteKind[] = [
  "app",
  "layout",
  "middleware",
  "error",
  "route",
];

/** Reads a file's path below the routes folder, `products/[product].tsx`. */
export function parseRoutePath(path: string): Omit<FsRoute, "file" | "module"> {
  const segments = path.replace(/\.[^./]+$/, "").split("/");
  const name = segments.pop() ?? "";
  const folder = `/${segments.join("/")}`;
  const kind = KINDS[name] ?? "route";
  const own = kind === "route" && name !== "index" ? [...segments, name] : segments;
  return { kind, folder, pattern: toPattern(own, path) };
}

/** Wrappers, middlewares and error pages before the routes they cover; specific routes before general ones. */
export function compareRoutes(
  a: Pick<FsRoute, "kind" | "folder" | "pattern">,
  b: Pick<FsRoute, "kind" | "folder" | "pattern">,
): number {
  const kinds = ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind);
  if (a.kind !== "route" || b.kind !== "route") {
    return kinds || a.folder.length - b.folder.length || compareText(a.folder, b.folder);
  }
  const left = parts(a.pattern);
  const right = parts(b.pattern);
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const order = generality(left[i]) - generality(right[i]);
    if (order !== 0) return order;
    // Different texts never match the same path; the order only has to be the same every time.
    if (generality(left[i]) === 0 && left[i] !== right[i]) break;
  }
  return compareText(a.pattern, b.pattern);
}

function toPattern(segments: readonly string[], path: string): string {
  let pattern = "";
  for (const segment of segments) {
    if (/^\(.*\)$/.test(segment)) continue;
    const rest = /^\[\.\.\.(\w+)\]$/.exec(segment)?.[1];
    const optional = /^\[\[(\w+)\]\]$/.exec(segment)?.[1];
    if (rest !== undefined) pattern += `/:${rest}*`;
    else if (optional !== undefined) pattern += `{/:${optional}}?`;
    else if (/\]\[|\[\[|\]\]/.test(segment)) {
      throw new SyntaxError(
        `routes/${path}: parameters need text between them, and an optional one a whole segment`,
      );
    } else pattern += `/${segment.replace(/\[(\w+)\]/g, ":$1")}`;
  }
  // A pattern must begin with a slash to match "/" itself: "{/:a}?" does not.
  return pattern.startsWith("{/:") ? pattern.replace("{/:", "/{:") : pattern || "/";
}

function parts(pattern: string): string[] {
  return pattern.replace(/\/?\{\/?(:\w+)\}\?/g, "/?$1").split("/");
}

/** 0: literal; then partly dynamic, dynamic, optional, rest. Nothing is more specific than a parameter. */
function generality(segment: string | undefined): number {
  if (segment === undefined) return 2.5;
  if (/^:\w+\*$/.test(segment)) return 5;
  if (segment.startsWith("?")) return 4;
  if (/^:\w+$/.test(segment)) return 3;
  return segment.includes(":") ? 2 : 0;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
