import { basename, dirname, join, posix } from "node:path";
import { BASE_ENV, buildMounts, CONTEXT, DENO, machineEnv } from "./build_inputs.ts";
import { DockerIgnore } from "./docker_ignore.ts";
import { fillIn, type Instruction, parseDockerfile, type Stage } from "./dockerfile.ts";
import { configured, type ImageConfig, plainConfig } from "./image_config.ts";
import { joinCommand, roomCommand, runInRoom } from "./image_room.ts";

/** A stage as built so far. */
interface StageTree {
  readonly root: string;
  config: ImageConfig;
}

/** How to run something in the image. */
export interface ImageRunOptions {
  /** In addition to the image's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Files and folders of this machine by where they are found inside, as `docker run -v` has them. */
  readonly mounts?: Readonly<Record<string, string>>;
  /** With an init as process 1 of a separate process namespace, as `docker run --init`. */
  readonly init?: boolean;
}

/**
 * The very tree that the Dockerfile's lines make, without a container engine: `COPY` takes what `.dockerignore` sends,
 * `RUN` lines run in a folder that is their root, with this Deno for the one of the base image. What runs in it has
 * the image's user, environment, permissions and a read-only file system.
 */
export class ImageTree {
  readonly #tree: StageTree;

  private constructor(tree: StageTree) {
    this.#tree = tree;
  }

  /** Makes it in an empty folder, which the caller removes. Takes as long as building the pages, and somewhat more. */
  static async build(directory: string): Promise<ImageTree> {
    const stages = parseDockerfile(await Deno.readTextFile(join(CONTEXT, "Dockerfile")));
    const trees = new Map<string, StageTree>();
    let newest: StageTree | null = null;
    for (const [index, stage] of stages.entries()) {
      newest = await makeStage(stage, join(directory, `stage-${index}`), trees);
      trees.set(stage.name ?? `${index}`, newest);
    }
    if (newest === null) throw new Error("the Dockerfile has no stage");
    return new ImageTree(newest);
  }

  /** The tree's folder on this machine. */
  get root(): string {
    return this.#tree.root;
  }

  get config(): ImageConfig {
    return this.#tree.config;
  }

  /** What starts the server, with arguments to run in its place: a process that is the server itself. */
  server(options: ImageRunOptions = {}): string[] {
    return this.#command([...this.config.entrypoint, ...this.config.cmd], options);
  }

  /** Another program with the server's permissions: `tasks/migrate.ts up`. */
  task(args: readonly string[], options: ImageRunOptions = {}): string[] {
    return this.#command([...this.config.entrypoint, ...args], options);
  }

  /** What the container engine runs to learn whether the server is healthy. */
  healthcheck(options: ImageRunOptions = {}): string[] {
    return this.#command(this.config.healthcheck?.command ?? [], options);
  }

  /** Another program beside a server that was started with an init, whose process id is given: `docker exec`. */
  exec(pid: number, program: readonly string[], env: Readonly<Record<string, string>>): string[] {
    const { user, workdir, env: own } = this.config;
    return joinCommand(pid, program, { user, workdir, env: { ...own, ...env } });
  }

  #command(
    program: readonly string[],
    { env = {}, mounts = {}, init = false }: ImageRunOptions,
  ): string[] {
    const { user, workdir, env: own } = this.config;
    return roomCommand(this.root, program, {
      user,
      workdir,
      readOnly: true,
      init,
      env: { ...own, ...env },
      mounts: { [DENO]: Deno.execPath(), ...mounts },
    });
  }
}

async function makeStage(
  stage: Stage,
  root: string,
  earlier: ReadonlyMap<string, StageTree>,
): Promise<StageTree> {
  await Deno.mkdir(root);
  const tree: StageTree = { root, config: plainConfig(BASE_ENV) };
  for (const instruction of stage.instructions) await apply(instruction, tree, earlier);
  return tree;
}

async function apply(
  line: Instruction,
  tree: StageTree,
  earlier: ReadonlyMap<string, StageTree>,
): Promise<void> {
  const { keyword, text, flags } = line;
  const config = configured(tree.config, line);
  if (config !== null) {
    tree.config = config;
    await Deno.mkdir(join(tree.root, config.workdir), { recursive: true });
  } else if (keyword === "COPY") {
    await copy(fillIn(text, tree.config.env).split(/\s+/), flags.from, tree, earlier);
  } else if (keyword === "RUN") {
    await run(text, tree);
  } else {
    throw new Error(`the image's tree cannot be made: ${keyword} is not known here`);
  }
}

async function run(line: string, { root, config }: StageTree): Promise<void> {
  await runInRoom(root, ["/bin/sh", "-c", line], {
    workdir: config.workdir,
    env: { HOME: "/root", ...machineEnv(), ...config.env },
    mounts: await buildMounts(),
  });
}

async function copy(
  paths: readonly string[],
  from: string | undefined,
  tree: StageTree,
  earlier: ReadonlyMap<string, StageTree>,
): Promise<void> {
  const [to = "", ...sources] = [...paths].reverse();
  const target = join(tree.root, posix.resolve(tree.config.workdir, to));
  if (from !== undefined) {
    const root = earlier.get(from)?.root;
    if (root === undefined) throw new Error(`COPY --from=${from}: there is no such stage`);
    for (const source of sources) await copyTree(join(root, source), target);
    return;
  }
  const ignore = new DockerIgnore(await Deno.readTextFile(join(CONTEXT, ".dockerignore")));
  for (const source of sources) {
    const into = source === "." || !to.endsWith("/") ? target : join(target, basename(source));
    const files = await sentFiles(source === "." ? "" : source, ignore);
    if (files.length === 0) throw new Error(`COPY ${source}: the builder is sent no such file`);
    for (const file of files) {
      const path = join(into, source === "." ? file : file.slice(source.length));
      await Deno.mkdir(dirname(path), { recursive: true });
      await Deno.copyFile(join(CONTEXT, file), path);
    }
  }
}

/** The files of the context, at a path or below it, that the builder is sent; paths relative to the context. */
async function sentFiles(path: string, ignore: DockerIgnore): Promise<string[]> {
  const info = await Deno.stat(join(CONTEXT, path)).catch(() => null);
  if (info?.isFile) return ignore.ignores(path) ? [] : [path];
  if (!info?.isDirectory || (path !== "" && !ignore.mayHold(path))) return [];
  const entries = await Array.fromAsync(Deno.readDir(join(CONTEXT, path)));
  const nested = await Promise.all(
    entries.map(({ name }) => sentFiles(path === "" ? name : `${path}/${name}`, ignore)),
  );
  return nested.flat();
}

async function copyTree(from: string, to: string): Promise<void> {
  await Deno.mkdir(dirname(to), { recursive: true });
  const { success, stderr } = await new Deno.Command("cp", { args: ["-a", "-T", from, to] })
    .output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}
