/** One line of a Dockerfile, continued lines joined. */
export interface Instruction {
  /** In capitals: `COPY`. */
  readonly keyword: string;
  /** What follows it, its flags left out, variables as written. */
  readonly text: string;
  /** `--from=build` is `{ from: "build" }`. */
  readonly flags: Readonly<Record<string, string>>;
}

/** What lies between two `FROM` lines. */
export interface Stage {
  /** `AS name`; null without one. */
  readonly name: string | null;
  /** The image it begins with, its `ARG`s filled in. */
  readonly base: string;
  readonly instructions: readonly Instruction[];
}

/** The stages of a Dockerfile, comments left out. Throws an Error naming a line that belongs to none. */
export function parseDockerfile(text: string): Stage[] {
  const stages: { name: string | null; base: string; instructions: Instruction[] }[] = [];
  const globals: Record<string, string> = {};
  for (const line of joinedLines(text)) {
    const instruction = parseInstruction(line);
    const stage = stages.at(-1);
    if (instruction.keyword === "FROM") {
      const [base = "", , name = null] = instruction.text.split(/\s+/);
      stages.push({ name, base: fillIn(base, globals), instructions: [] });
    } else if (stage !== undefined) {
      stage.instructions.push(instruction);
    } else if (instruction.keyword === "ARG") {
      Object.assign(globals, parsePairs(instruction.text));
    } else {
      throw new Error(`"${line}" comes before any FROM`);
    }
  }
  return stages;
}

/** `A=1 B="two words"` as a record; a name alone has an empty value. */
export function parsePairs(text: string): Record<string, string> {
  const pairs = text.matchAll(/([^\s=]+)(?:=("[^"]*"|\S*))?/g);
  return Object.fromEntries(
    Array.from(pairs, ([, name = "", value = ""]) => [name, value.replace(/^"(.*)"$/, "$1")]),
  );
}

/** `$NAME` and `${NAME}` replaced by their values; unknown ones by nothing, as Docker does. */
export function fillIn(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(
    /\$(?:\{(\w+)\}|(\w+))/g,
    (_, braced, bare) => variables[braced ?? bare] ?? "",
  );
}

/** The words of `["a", "b"]`. Throws an Error for the form that needs a shell, which a distroless image has not. */
export function parseExec(text: string): string[] {
  const words: unknown = text.startsWith("[") ? JSON.parse(text) : null;
  if (Array.isArray(words) && words.every((word) => typeof word === "string")) return words;
  throw new Error(`"${text}" is not a JSON array of words`);
}

function joinedLines(text: string): string[] {
  const code = text.split("\n").filter((line) => !/^\s*#/.test(line)).join("\n");
  return code.replaceAll(/\\\n/g, "").split("\n").map((line) => line.trim()).filter(Boolean);
}

function parseInstruction(line: string): Instruction {
  const [, keyword = "", rest = ""] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
  const [flagText = ""] = /^(?:--[\w-]+=\S+\s+)*/.exec(rest) ?? [];
  const flags = Array.from(
    flagText.matchAll(/--([\w-]+)=(\S+)/g),
    ([, name = "", value = ""]) => [name, value],
  );
  return {
    keyword: keyword.toUpperCase(),
    text: rest.slice(flagText.length),
    flags: Object.fromEntries(flags),
  };
}
