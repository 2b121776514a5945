/** One step of a trade's way, as ARCHITECTURE.md writes it. */
export interface WayStep {
  readonly file: string;
  /** `Class.method`, or a function's name. */
  readonly name: string;
  /** The method's or function's own name. */
  readonly method: string;
  /** The names that it calls of what follows. */
  readonly calls: readonly string[];
}

/** Reads the `way` block of a document: parts that begin with a `#` line, and in them a step a line. */
export function readWay(document: string): WayStep[][] {
  const [, block = ""] = /^```way\n(.*?)^```$/ms.exec(`${document}\n`) ?? [];
  const parts = block.split(/^#.*\n/m).map((part) =>
    part.split("\n").filter((line) => line !== "")
  );
  return parts.filter((lines) => lines.length > 0).map((lines) => lines.map(readStep));
}

/** How often the way comes into each file from another one. */
export function entriesOf(way: readonly (readonly WayStep[])[]): Map<string, number> {
  const entries = new Map<string, number>();
  for (const part of way) {
    for (const [at, { file, method }] of part.entries()) {
      const caller = part.slice(0, at).findLast(({ calls }) => calls.includes(method));
      if (caller?.file !== file) entries.set(file, (entries.get(file) ?? 0) + 1);
    }
  }
  return entries;
}

/** The code of a step in its file's text, formatted as `deno fmt` does; null if it is not there. */
export function bodyOf({ name, method }: WayStep, text: string): string | null {
  const [owner = ""] = name.split(".");
  if (owner === name) {
    return blockOf(text, "", String.raw`(export )?(async )?function\*? ${name}\(`);
  }
  const code = blockOf(text, "", String.raw`(export )?class ${owner}\b`);
  return code === null ? null : blockOf(code, "  ", String.raw`(async )?\*?${method}\(`);
}

/** What begins with a line of such an indentation and ends with the same brace. */
function blockOf(text: string, indentation: string, head: string): string | null {
  const [code = null] = new RegExp(`^${indentation}${head}.*?^${indentation}}$`, "ms").exec(text) ??
    [];
  return code;
}

function readStep(line: string): WayStep {
  const [, file, name, calls = ""] = /^(\S+) +(\S+)(?: +-> (.+))?$/.exec(line) ?? [];
  if (file === undefined || name === undefined) throw new Error(`not a step: ${line}`);
  const method = name.slice(name.indexOf(".") + 1);
  return { file, name, method, calls: calls === "" ? [] : calls.split(", ") };
}
