import { basename, dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { DockerIgnore } from "./docker_ignore.ts";
import {
  fillIn,
  type Instruction,
  parseDockerfile,
  parseExec,
  parsePairs,
  type Stage,
} from "./dockerfile.ts";
import { joinCommand, roomCommand, runInRoom } from "./image_room.ts";

const CONTEXT = fileURLToPath(new URL("../..", import.meta.url));
/** This Deno, where nothing of the system is in its way. */
const DENO = "/opt/deno/deno";
/** Where the image that the build begins with keeps what it fetched. */
const DENO_DIR = "/deno-dir";
const BASE_ENV = { PATH: "/opt/deno:/usr/bin:/bin", DENO_DIR };
const DENO_INFO = z.object({ denoDir: z.string() });

/** What a stage has come to. */
interface StageTree {
  readonly root: string;
  env: Record<string, string>;
  workdir: string;
  user: string;
  entrypoint: readonly string[];
  cmd: readonly string[];
  healthcheck: readonly string[];
}

/** How to run something in the image. */
export interface ImageRunOptions {
  /** In addition to the image's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Files and folders of this machine by where they are found inside, as `docker run -v` has them. */
  readonly mounts?: Readonly<Record<string, string>>;
  /** With an init as process 1 among processes of its own, as `docker run --init`. */
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

  /** What starts the server, with arguments to run in its place: a process that is the server itself. */
  server(options: ImageRunOptions = {}): string[] {
    return this.#command([...this.#tree.entrypoint, ...this.#tree.cmd], options);
  }

  /** Another program with the server's permissions: `tasks/migrate.ts up`. */
  task(args: readonly string[], options: ImageRunOptions = {}): string[] {
    return this.#command([...this.#tree.entrypoint, ...args], options);
  }

  /** What the container engine runs to learn whether the server is healthy. */
  healthcheck(options: ImageRunOptions = {}): string[] {
    return this.#command(this.#tree.healthcheck, options);
  }

  /** Another program beside a server that was started with an init, whose process id is given: `docker exec`. */
  exec(pid: number, program: readonly string[], env: Readonly<Record<string, string>>): string[] {
    const { user, workdir } = this.#tree;
    return joinCommand(pid, program, { user, workdir, env: { ...this.#tree.env, ...env } });
  }

  #command(
    program: readonly string[],
    { env = {}, mounts = {}, init = false }: ImageRunOptions,
  ): string[] {
    const { root, user, workdir } = this.#tree;
    return roomCommand(root, program, {
      user,
      workdir,
      readOnly: true,
      init,
      env: { ...this.#tree.env, ...env },
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
  const tree: StageTree = {
    root,
    env: { ...BASE_ENV },
    workdir: "/",
    user: "",
    entrypoint: [],
    cmd: [],
    healthcheck: [],
  };
  for (const instruction of stage.instructions) await apply(instruction, tree, earlier);
  return tree;
}

async function apply(
  { keyword, text, flags }: Instruction,
  tree: StageTree,
  earlier: ReadonlyMap<string, StageTree>,
): Promise<void> {
  switch (keyword) {
    case "ENV":
      Object.assign(tree.env, parsePairs(fillIn(text, tree.env)));
      return;
    case "WORKDIR":
      tree.workdir = posix.resolve(tree.workdir, fillIn(text, tree.env));
      return await Deno.mkdir(join(tree.root, tree.workdir), { recursive: true });
    case "COPY":
      return await copy(fillIn(text, tree.env).split(/\s+/), flags.from, tree, earlier);
    case "RUN":
      return await run(text, tree);
    case "USER":
      tree.user = text;
      return;
    case "ENTRYPOINT":
      tree.entrypoint = parseExec(text);
      return;
    case "CMD":
      tree.cmd = parseExec(text);
      return;
    case "HEALTHCHECK":
      tree.healthcheck = parseExec(text.replace(/^CMD\s+/, ""));
      return;
    case "LABEL":
    case "EXPOSE":
      return;
    default:
      throw new Error(`the image's tree cannot be made: ${keyword} is not known here`);
  }
}

async function run(line: string, tree: StageTree): Promise<void> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  const { denoDir } = DENO_INFO.parse(JSON.parse(new TextDecoder().decode(stdout)));
  await Deno.mkdir(denoDir, { recursive: true });
  const registry = await registrySettings();
  await runInRoom(tree.root, ["/bin/sh", "-c", line], {
    workdir: tree.workdir,
    env: { HOME: "/root", ...machineEnv(), ...tree.env },
    mounts: { [DENO]: Deno.execPath(), [DENO_DIR]: denoDir, ...registry },
  });
}

/** How this machine reaches the registry is its own affair, in the image's build as well. */
function machineEnv(): Record<string, string> {
  const kept =
    /^(npm_config_\w+|https?_proxy|no_proxy|DENO_(CERT|TLS_CA_STORE)|NODE_EXTRA_CA_CERTS|SSL_CERT_\w+)$/i;
  return Object.fromEntries(
    Object.entries(Deno.env.toObject()).filter(([name]) => kept.test(name)),
  );
}

async function registrySettings(): Promise<Record<string, string>> {
  const file = join(Deno.env.get("HOME") ?? "/root", ".npmrc");
  const info = await Deno.stat(file).catch(() => null);
  return info === null ? {} : { "/root/.npmrc": file };
}

async function copy(
  paths: readonly string[],
  from: string | undefined,
  tree: StageTree,
  earlier: ReadonlyMap<string, StageTree>,
): Promise<void> {
  const [to = "", ...sources] = [...paths].reverse();
  const target = join(tree.root, posix.resolve(tree.workdir, to));
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
