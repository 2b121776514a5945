import { join } from "node:path";
import { findProgram, run } from "./command.ts";

const KEYRINGS = ["gpg", "pgp"].map((kind) => `/usr/share/keyrings/debian-archive-keyring.${kind}`);
const TIMEOUT_MS = 120_000;

/**
 * Downloads packages of one Debian suite (`trixie`), whatever suite the machine itself runs, and
 * unpacks them into `directory/{package name}` without installing anything. Needs no root: apt gets
 * a separate sources list and state directories, takes the mirror from the machine's sources and
 * checks signatures as usual.
 */
export async function unpackDebianPackages(
  suite: string,
  names: readonly string[],
  directory: string,
  signal?: AbortSignal,
): Promise<void> {
  await requireApt();
  let failure: unknown = new Error("this machine's apt sources name no Debian mirror");
  for (const mirror of await mirrors()) {
    try {
      return await unpackFrom(mirror, suite, names, directory, signal);
    } catch (error) {
      signal?.throwIfAborted();
      failure = error;
    }
  }
  throw failure;
}

async function unpackFrom(
  mirror: string,
  suite: string,
  names: readonly string[],
  directory: string,
  outerSignal?: AbortSignal,
): Promise<void> {
  const signal = AbortSignal.any([
    AbortSignal.timeout(TIMEOUT_MS),
    ...(outerSignal ? [outerSignal] : []),
  ]);
  const apt = join(directory, "apt");
  const options = await aptOptions(apt, mirror, suite);
  await run("apt-get", [...options, "update"], { signal });
  await run("apt-get", [...options, "download", ...names], { cwd: apt, signal });
  for await (const { name } of Deno.readDir(apt)) {
    const packageName = name.endsWith(".deb") ? name.split("_")[0] : undefined;
    if (packageName === undefined) continue;
    await run("dpkg-deb", ["-x", join(apt, name), join(directory, packageName)], { signal });
  }
}

async function aptOptions(apt: string, mirror: string, suite: string): Promise<string[]> {
  for (const part of ["lists/partial", "cache/archives/partial"]) {
    await Deno.mkdir(join(apt, part), { recursive: true });
  }
  const sources = join(apt, "mirror.sources");
  await Deno.writeTextFile(
    sources,
    [
      "Types: deb",
      `URIs: ${mirror}`,
      `Suites: ${suite}`,
      "Components: main",
      `Architectures: ${Deno.build.arch === "aarch64" ? "arm64" : "amd64"}`,
      `Signed-By: ${await keyring()}`,
      "",
    ].join("\n"),
  );
  return ["-qq"].concat(
    [
      `Dir::Etc::SourceList=${sources}`,
      "Dir::Etc::SourceParts=/dev/null",
      `Dir::State::Lists=${join(apt, "lists")}`,
      `Dir::Cache=${join(apt, "cache")}`,
      // apt's sandbox user could not write into a directory that only we may enter.
      "APT::Sandbox::User=root",
      "APT::Update::Error-Mode=any",
      "Acquire::Languages=none",
      "Acquire::PDiffs=false",
      "Acquire::Retries=2",
      "Acquire::http::Timeout=20",
      "Acquire::https::Timeout=20",
    ].flatMap((option) => ["-o", option]),
  );
}

/** The mirrors this machine takes Debian's own packages from, never a third party's repository. */
async function mirrors(): Promise<string[]> {
  const release = await Deno.readTextFile("/etc/os-release").catch(() => "");
  const codename = /^VERSION_CODENAME="?([a-z]+)/m.exec(release)?.[1];
  const suites = new Set([codename, "oldstable", "stable", "testing", "unstable", "sid"]);
  const targets = await run("apt-get", [
    "indextargets",
    "--format",
    "$(CREATED_BY) $(COMPONENT) $(RELEASE) $(REPO_URI)",
  ]);
  const found = targets.split("\n").map((line) => line.split(" ")).filter(([kind, part, suite]) =>
    kind === "Packages" && part === "main" && suites.has(suite)
  );
  return [...new Set(found.flatMap(([, , , mirror]) => mirror === undefined ? [] : [mirror]))];
}

async function requireApt(): Promise<void> {
  for (const program of ["apt-get", "dpkg-deb"]) {
    if (await findProgram(program) === null) throw new Error(`this machine has no ${program}`);
  }
  await keyring();
}

async function keyring(): Promise<string> {
  for (const path of KEYRINGS) {
    if (await Deno.stat(path).then(() => true, () => false)) return path;
  }
  throw new Error("this machine has no debian-archive-keyring");
}
