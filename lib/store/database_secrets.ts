import { DatabaseUrlError } from "./database_error.ts";

/** The login that a password is looked up for. */
export interface Login {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

/**
 * The password that a file in libpq's format (`host:port:database:user:password`, `*` for any) has for a login; empty if
 * none fits. Throws a `DatabaseUrlError` if the file cannot be read.
 */
export async function readPassword(path: string, login: Login): Promise<string> {
  const wanted = [
    login.host.startsWith("/") ? "localhost" : login.host,
    String(login.port),
    login.database,
    login.user,
  ];
  for (const line of (await readSecret("passfile", path)).split(/\r?\n/)) {
    if (line.startsWith("#")) continue;
    const fields = fieldsOf(line);
    const password = fields[4];
    const fits = wanted.every((value, i) => {
      const field = fields[i];
      return field === "*" || field === value || i === 0 && field === login.host;
    });
    if (password !== undefined && fits) return password;
  }
  return "";
}

/** Reads a file that a parameter names. The error has the parameter and the reason, never the path or the content. */
export async function readSecret(parameter: string, path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound
      ? "there is no such file"
      : error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable
      ? "this process may not read it"
      : "it is not a readable file";
    throw new DatabaseUrlError(`its ${parameter} cannot be read: ${why}`);
  }
}

/** Splits a line into five fields; a colon or a backslash within one is escaped by a backslash. */
function fieldsOf(line: string): string[] {
  const fields: string[] = [];
  let field = "";
  for (let i = 0; i < line.length; i++) {
    const isEscaped = line[i] === "\\" && i + 1 < line.length;
    if (line[i] === ":" && fields.length < 4) {
      fields.push(field);
      field = "";
    } else field += (isEscaped ? line[++i] : line[i]) ?? "";
  }
  return [...fields, field];
}
