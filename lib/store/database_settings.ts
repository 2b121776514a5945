import { DatabaseUrlError } from "./database_error.ts";
import type { UrlParameters } from "./database_parameters.ts";
import { isReserved } from "./database_session.ts";

/** Other clients' names for the schema of the tables. */
const SCHEMA_WORDS = ["schema", "currentSchema"] as const;
const NAME = /^[A-Za-z_][A-Za-z0-9_.]*$/;

/**
 * What a URL sets in every session: `options` as libpq and psql take them (`-c name=value`, `--name=value`), and the
 * schema by any of the names that clients have for it. Throws a `DatabaseUrlError` for a setting that this program
 * makes itself.
 */
export function readSettings(given: UrlParameters): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  const set = (name: string, value: string, from: string) => {
    if (!NAME.test(name)) throw new DatabaseUrlError(`its options set an invalid name`);
    if (isReserved(name)) {
      throw new DatabaseUrlError(`its options set ${name}, which this program sets itself`);
    }
    const key = name.toLowerCase();
    if (settings.has(key) && settings.get(key) !== value) {
      throw new DatabaseUrlError(`its ${from} sets ${key} a second time`);
    }
    settings.set(key, value);
  };
  for (const [name, value] of optionsOf(given.get("options") ?? "")) set(name, value, "options");
  const path = given.get("search_path");
  if (path) set("search_path", path, "search_path");
  for (const word of SCHEMA_WORDS) {
    const schema = given.get(word);
    if (schema) set("search_path", `"${schema.replaceAll('"', '""')}"`, word);
  }
  return settings;
}

/** `-c a=b`, `-ca=b` and `--a=b`, separated by spaces; a backslash keeps a space. */
function* optionsOf(text: string): Generator<readonly [name: string, value: string]> {
  const words = text.match(/(?:\\.|[^\s\\])+/g)?.map((word) => word.replace(/\\(.)/g, "$1")) ?? [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    const setting = word === "-c" ? words[++i] ?? "" : /^(?:-c|--)(.+)$/.exec(word)?.[1] ?? "";
    const equals = setting.indexOf("=");
    if (equals < 1) {
      throw new DatabaseUrlError("its options are not all of the form -c name=value");
    }
    yield [setting.slice(0, equals).replaceAll("-", "_"), setting.slice(equals + 1)];
  }
}
