/** Programs of npm that tests run as their users do, in these versions. */
const VERSIONS = {
  "@redocly/cli": "2.77.0",
  "@stoplight/spectral-cli": "6.16.3",
  "openapi-typescript": "7.13.0",
  "openapi-fetch": "0.17.0",
  "@duckdb/node-api": "1.5.6-r.1",
} as const;

type Package = keyof typeof VERSIONS;

const TIMEOUT_MS = 120_000;
/**
 * A downloaded program is not part of this project's lock file, and must not use its
 * configuration.
 */
const APART = ["--quiet", "--no-lock", "--node-modules-dir=none"] as const;

/** What a program printed, and whether it succeeded. */
export interface ProgramEnd {
  readonly success: boolean;
  readonly output: string;
  readonly complaints: string;
}

/** How a program names a package. */
export function npmSpecifier(name: Package): string {
  return `npm:${name}@${VERSIONS[name]}`;
}

/** Runs a package's program in a folder. */
export function runNpmProgram(
  name: Package,
  args: readonly string[],
  cwd: string,
): Promise<ProgramEnd> {
  return runDeno(["run", "-A", "--no-config", ...APART, npmSpecifier(name), ...args], cwd);
}

/** Checks the types of a file that imports packages, then runs it. */
export async function runChecked(file: string, args: readonly string[], cwd: string) {
  const checked = await runDeno(["check", "--no-config", ...APART, file], cwd);
  if (!checked.success) return checked;
  return await runDeno(["run", "-A", "--no-config", ...APART, file, ...args], cwd);
}

async function runDeno(args: readonly string[], cwd: string): Promise<ProgramEnd> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    env: { NO_COLOR: "1", REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).output();
  const [output, complaints] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { success, output: output ?? "", complaints: complaints ?? "" };
}
