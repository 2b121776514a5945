/** What a `.dockerignore` keeps from the builder. */
export class DockerIgnore {
  readonly #rules: readonly Rule[];

  constructor(text: string) {
    this.#rules = text.split("\n").map((line) => line.trim())
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map(rule);
  }

  /** Whether a file, relative to the context, is left out. The last rule that covers it decides. */
  ignores(path: string): boolean {
    return this.#rules.findLast(({ covers }) => covers.test(path))?.ignores ?? false;
  }

  /** Whether something in a folder may still be sent, so that it has to be read. */
  mayHold(folder: string): boolean {
    if (!this.ignores(folder)) return true;
    return this.#rules.some(({ ignores, pattern }) =>
      !ignores && (pattern.startsWith(`${folder}/`) || pattern.startsWith("**"))
    );
  }
}

interface Rule {
  readonly pattern: string;
  readonly ignores: boolean;
  /** Matches a path and all that lies below it. */
  readonly covers: RegExp;
}

function rule(line: string): Rule {
  const ignores = !line.startsWith("!");
  const pattern = (ignores ? line : line.slice(1)).replace(/^\/+|\/+$/g, "");
  const source = pattern.replace(/\*\*\/|\*\*|\*|\?|[.+^${}()|[\]\\]/g, (part) => {
    if (part === "**/") return "(?:.*/)?";
    if (part === "**") return ".*";
    if (part === "*") return "[^/]*";
    return part === "?" ? "[^/]" : `\\${part}`;
  });
  return { pattern, ignores, covers: new RegExp(`^${source}(?:/.*)?$`) };
}
