import config from "../deno.json" with { type: "json" };

/**
 * V8's flags of `deno task start`, for programs that start the application in another way; `V8_FLAGS` replaces them in
 * a trial. The Dockerfile names the same ones.
 */
export function v8Flags(): readonly string[] {
  const given = Deno.env.get("V8_FLAGS");
  const flags = given ?? /--v8-flags=(\S+)/.exec(config.tasks.start)?.[1] ?? "";
  return flags.split(",").filter((flag) => flag !== "");
}

/** The same as `deno run` takes them. */
export function v8Arguments(flags: readonly string[] = v8Flags()): readonly string[] {
  return flags.length === 0 ? [] : [`--v8-flags=${flags.join(",")}`];
}

/**
 * The variables for the runtime that `deno task start` sets, for tests and benches that start the application
 * otherwise; this process' own value replaces one, for trials. The Dockerfile sets the same.
 */
export function runtimeEnv(): Readonly<Record<string, string>> {
  const [before = ""] = config.tasks.start.split("deno run");
  const pairs = before.trim().split(" ").map((pair) => pair.split("="));
  return Object.fromEntries(
    pairs.map(([name = "", value = ""]) => [name, Deno.env.get(name) ?? value]),
  );
}
