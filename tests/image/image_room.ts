import { fileURLToPath } from "node:url";

const ROOM = fileURLToPath(new URL("./room.sh", import.meta.url));

/**
 * Ends as its child does, and passes on the request to end. Its output is a pipe of the same user, as engines make it,
 * so that others in there can write to it.
 */
const INIT = `mkfifo /tmp/output; cat /tmp/output & exec >/tmp/output; "$@" & child=$!
trap 'kill -TERM $child' TERM; wait $child; code=$?
while kill -0 $child 2>/dev/null; do wait $child; code=$?; done; exec >&-; wait; exit $code`;

/** What a program in a room has. */
export interface RoomOptions {
  /** `uid:gid`; without it the program is root there. */
  readonly user?: string;
  readonly readOnly?: boolean;
  /**
   * The program is the child of an init, process 1 of a separate process namespace, as with
   * `docker run --init`.
   */
  readonly init?: boolean;
  readonly workdir: string;
  /** All of its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Further files and folders, by where they are found inside. */
  readonly mounts?: Readonly<Record<string, string>>;
}

/**
 * The command that runs a program in a folder as if that were the machine's root, as a container would. It needs Linux
 * and either root or user namespaces. The process is the program itself, so signals reach it.
 */
export function roomCommand(
  root: string,
  program: readonly string[],
  { user = "", readOnly = false, init = false, workdir, env, mounts = {} }: RoomOptions,
): string[] {
  const lines = Object.entries(mounts).map(([to, from]) => `${from}:${to}`).join("\n");
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return [
    "unshare",
    ...namespaces(user),
    ...(init ? ["--pid", "--fork", "--kill-child", "--mount-proc"] : []),
    ...["sh", ROOM, root, `${readOnly}`, user, lines],
    ...["env", "-i", "-C", workdir, ...variables],
    ...(init ? ["sh", "-c", INIT, "init"] : []),
    ...program,
  ];
}

/** The command that runs another program where one with an init runs, as `docker exec` does: `pid` is that init's. */
export function joinCommand(
  pid: number,
  program: readonly string[],
  { user = "", workdir, env }: Omit<RoomOptions, "init" | "mounts" | "readOnly">,
): string[] {
  const [uid, gid] = user.split(":");
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const identity = Deno.uid() === 0
    ? ["--setuid", `${uid}`, "--setgid", `${gid}`]
    : ["--user", "--preserve-credentials"];
  return [
    ...["nsenter", "--target", `${pid}`, "--mount", "--pid", "--root", ...identity],
    ...["env", "-i", "-C", workdir, ...variables, ...program],
  ];
}

/** Runs one to its end. Throws an Error with its output if it fails. */
export async function runInRoom(
  root: string,
  program: readonly string[],
  options: RoomOptions,
): Promise<string> {
  const [command = "", ...args] = roomCommand(root, program, options);
  const { success, stdout, stderr } = await new Deno.Command(command, { args, stdin: "null" })
    .output();
  const [out, error] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (!success) throw new Error(`${program.join(" ")} failed:\n${out}${error}`);
  return out ?? "";
}

/** A mount namespace; an ordinary user needs a user namespace for that, and becomes another user in it. */
function namespaces(user: string): string[] {
  if (Deno.uid() === 0) return ["--mount"];
  const [uid, gid] = user.split(":");
  if (user === "") return ["--user", "--map-root-user", "--mount"];
  return ["--user", `--map-user=${uid}`, `--map-group=${gid}`, "--keep-caps", "--mount"];
}
