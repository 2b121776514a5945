import { join } from "node:path";
import { z } from "zod";
import { BASE_ENV, buildMounts, CONTEXT, machineEnv } from "./build_inputs.ts";
import { parseDockerfile } from "./dockerfile.ts";
import type { ImageConfig } from "./image_config.ts";

/** A build of this image takes some 15 s. */
const TIMEOUT_MS = 5 * 60_000;
/** The system's programs and libraries, which a test's base images take from this machine. */
const SYSTEM = ["usr", "bin", "sbin", "lib", "lib32", "lib64", "etc/ssl"];

/** An image that buildah has built. */
export interface BuiltImage {
  /** The folder with its files. */
  readonly root: string;
  readonly config: ImageConfig;
}

/** Why no image can be built on this machine. */
export class NoBuildah extends Error {
  override name = "NoBuildah";
}

/**
 * Builds images with buildah, without a daemon and without a registry: images of the names in `FROM` are made
 * beforehand, with this machine's programs and this Deno. All of its storage lies in one folder; its owner calls
 * `remove`.
 */
export class Buildah {
  readonly #folder: string;
  readonly #mounts: readonly string[];

  private constructor(folder: string, mounts: readonly string[]) {
    this.#folder = folder;
    this.#mounts = mounts;
  }

  /**
   * Uses an empty folder. Throws `NoBuildah` where it is not installed or may not run programs in
   * a separate root.
   */
  static async open(folder: string): Promise<Buildah> {
    const base = join(folder, "base");
    const mounts = await systemMounts(base);
    for (const [to, from] of Object.entries(await buildMounts())) mounts.push(`${from}:${to}`);
    const buildah = new Buildah(folder, mounts);
    await Deno.writeTextFile(join(folder, "probe"), "FROM scratch\nCOPY . /\nRUN true\n");
    try {
      await buildah.#build(join(folder, "probe"), base, []);
    } catch (error) {
      await buildah.remove();
      if (error instanceof Deno.errors.NotFound) throw new NoBuildah("buildah is not installed");
      if (!(error instanceof Error)) throw error;
      const reason = error.message.trim().split("\n").at(-1);
      throw new NoBuildah(`buildah cannot run here: ${reason}`, { cause: error });
    }
    return buildah;
  }

  /**
   * Builds what a Dockerfile describes from the repository's files. Throws an Error with buildah's
   * last lines.
   */
  async build(dockerfile: string): Promise<BuiltImage> {
    const path = join(this.#folder, "Dockerfile");
    await Deno.writeTextFile(path, dockerfile);
    const stages = parseDockerfile(dockerfile);
    for (const [index, { base }] of stages.entries()) {
      // How the registry is reached belongs to the earlier stages only, not to the image.
      await this.#makeBase(base, index === stages.length - 1 ? {} : machineEnv());
    }
    const root = await Deno.makeTempDir({ dir: this.#folder });
    await this.#build(path, CONTEXT, ["--tag", "built", "--output", `type=local,dest=${root}`]);
    return { root, config: await this.#inspect("built") };
  }

  /** Deletes images, containers and what was taken out of them. */
  async remove(): Promise<void> {
    // Files of an ordinary user's containers belong to users that exist in a namespace only.
    const enter = Deno.uid() === 0 ? [] : ["buildah", "unshare"];
    const [program = "", ...args] = [...enter, "rm", "-rf", this.#folder];
    const removed = await new Deno.Command(program, { args }).output().catch(() => null);
    if (removed?.success !== true) await Deno.remove(this.#folder, { recursive: true });
  }

  async #makeBase(name: string, env: Readonly<Record<string, string>>): Promise<void> {
    const lines = Object.entries({ ...BASE_ENV, ...env }).map(([variable, value]) =>
      `ENV ${variable}="${value.replace(/["\\$]/g, "\\$&")}"`
    );
    const path = join(this.#folder, "base.Dockerfile");
    await Deno.writeTextFile(path, ["FROM scratch", "COPY . /", ...lines].join("\n"));
    await this.#build(path, join(this.#folder, "base"), ["--tag", `docker.io/${name}`]);
  }

  async #build(dockerfile: string, context: string, options: readonly string[]): Promise<void> {
    const volumes = this.#mounts.flatMap((mount) => ["--volume", mount]);
    // Only Docker's format has health checks.
    const how = ["--isolation", "chroot", "--format", "docker", "--pull-never", "--no-cache"];
    await this.#run("build", [...how, ...volumes, ...options, "--file", dockerfile, context]);
  }

  async #inspect(image: string): Promise<ImageConfig> {
    const text = await this.#run("inspect", ["--type", "image", image]);
    const { Docker: { config } } = INSPECTED.parse(JSON.parse(text));
    const { "io.buildah.version": _, ...labels } = config.Labels;
    const check = config.Healthcheck;
    return {
      env: Object.fromEntries(config.Env.map((pair) => pair.split(/=(.*)/s, 2))),
      workdir: config.WorkingDir,
      user: config.User,
      entrypoint: config.Entrypoint ?? [],
      cmd: config.Cmd ?? [],
      healthcheck: check === undefined ? null : {
        command: check.Test.slice(1),
        intervalSeconds: check.Interval / 1e9,
        timeoutSeconds: check.Timeout / 1e9,
        startPeriodSeconds: check.StartPeriod / 1e9,
        retries: check.Retries,
      },
      labels,
      ports: Object.keys(config.ExposedPorts),
    };
  }

  async #run(command: string, args: readonly string[]): Promise<string> {
    const storage = [
      ...["--storage-driver", "vfs", "--root", join(this.#folder, "root")],
      ...["--runroot", join(this.#folder, "run"), command],
    ];
    const { success, stdout, stderr } = await new Deno.Command("buildah", {
      args: [...storage, ...args],
      stdin: "null",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr).slice(-4_000));
    return new TextDecoder().decode(stdout);
  }
}

const NANOSECONDS = z.number().default(0);
const INSPECTED = z.object({
  Docker: z.object({
    config: z.object({
      Env: z.array(z.string()),
      WorkingDir: z.string().default("/"),
      User: z.string().default(""),
      Entrypoint: z.array(z.string()).nullish(),
      Cmd: z.array(z.string()).nullish(),
      Healthcheck: z.object({
        Test: z.array(z.string()),
        Interval: NANOSECONDS,
        Timeout: NANOSECONDS,
        StartPeriod: NANOSECONDS,
        Retries: z.number().default(0),
      }).optional(),
      Labels: z.record(z.string(), z.string()).default({}),
      ExposedPorts: z.record(z.string(), z.unknown()).default({}),
    }),
  }),
});

/** Makes the folder that base images begin with, and what is to be mounted into it so that programs run. */
async function systemMounts(base: string): Promise<string[]> {
  await Deno.mkdir(join(base, "etc"), { recursive: true });
  await Deno.mkdir(join(base, "tmp"));
  await Deno.chmod(join(base, "tmp"), 0o1777);
  await Deno.writeTextFile(join(base, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
  const mounts: string[] = [];
  for (const name of SYSTEM) {
    const info = await Deno.lstat(`/${name}`).catch(() => null);
    if (info?.isSymlink) await Deno.symlink(await Deno.readLink(`/${name}`), join(base, name));
    if (info?.isDirectory) mounts.push(`/${name}:/${name}:ro`);
  }
  return mounts;
}
