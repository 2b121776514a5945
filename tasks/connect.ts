/**
 * `deno task connect`: prints the URLs of PostgreSQL and NATS for other programs and analysts. They allow reading only;
 * `--all` adds those with all rights.
 */
import { READER_USER } from "../lib/bus/reader_permissions.ts";
import { ConfigError, readConfig } from "../lib/config.ts";
import {
  EmbeddedError,
  runningNats,
  runningPostgres,
  type RunningServer,
} from "../lib/embedded/mod.ts";
import { describeAddress, parseDatabaseUrl } from "../lib/store/database_url.ts";
import { READER_ROLE } from "../lib/store/reader_role.ts";
import { print } from "./print.ts";

/** Runs the command and answers with the process' exit code. */
export async function main(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  print: (line: string) => void,
): Promise<number> {
  if (args.some((arg) => arg !== "--all")) {
    print("usage: deno task connect [--all]");
    return 2;
  }
  const withAll = args.length > 0;
  try {
    const { databaseUrl, natsServers, dataDir } = readConfig(env);
    const found = [
      databaseUrl === null
        ? show("PostgreSQL", READER_ROLE, await runningPostgres(dataDir), withAll, dataDir)
        : { lines: yourDatabase(databaseUrl), missing: false },
      natsServers === null
        ? show("NATS", READER_USER, await runningNats(dataDir), withAll, dataDir)
        : { lines: yourNats(natsServers), missing: false },
    ];
    for (const line of found.flatMap(({ lines }) => lines)) print(line);
    return found.some(({ missing }) => missing) ? 1 : 0;
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof EmbeddedError)) throw error;
    print(error.message);
    return 1;
  }
}

function show(
  title: string,
  reader: string,
  server: RunningServer | null,
  withAll: boolean,
  dataDir: string,
): { readonly lines: readonly string[]; readonly missing: boolean } {
  if (server === null) {
    const line = `No ${title} of ours runs in ${dataDir}: start Spot Canvas, or set DATA_DIR ` +
      "(the demo's is .data/demo)";
    return { lines: [line], missing: true };
  }
  const readOnly = new URL(server.url);
  readOnly.username = reader;
  readOnly.password = server.readerPassword;
  return {
    lines: [
      `${title}, only to read: ${readOnly.href}`,
      ...(withAll ? [`${title}, with every right: ${server.url}`] : []),
    ],
    missing: false,
  };
}

function yourDatabase(url: string): string[] {
  return [
    `PostgreSQL is yours (${
      describeAddress(parseDatabaseUrl(url))
    }). A login that may only read: ` +
    `CREATE ROLE analyst LOGIN PASSWORD '…' IN ROLE ${READER_ROLE}`,
  ];
}

function yourNats(servers: readonly string[]): string[] {
  const hosts = servers.map((server) => new URL(server).host).join(", ");
  return [
    `NATS is yours (${hosts}). A user who may only read: what docs/data.md has for its configuration`,
  ];
}

if (import.meta.main) Deno.exit(await main(Deno.args, Deno.env.toObject(), print));
