import { createHash } from "node:crypto";
import { join } from "node:path";

/**
 * All that lies in some folders of a tree, by path from the tree's root: kind, permissions, owner, and a digest of its
 * bytes. Files that match `left` are listed by path only.
 */
export async function fileListing(
  root: string,
  folders: readonly string[],
  left: RegExp,
): Promise<Map<string, string>> {
  const listing = new Map<string, string>();
  for (const folder of folders) await list(root, folder, left, listing);
  return listing;
}

async function list(root: string, path: string, left: RegExp, listing: Map<string, string>) {
  const full = join(root, path);
  const info = await Deno.lstat(full);
  const mode = ((info.mode ?? 0) & 0o7777).toString(8);
  listing.set(path, `${await content(full, info)}, mode ${mode}, owner ${info.uid}:${info.gid}`);
  if (!info.isDirectory) return;
  for await (const { name } of Deno.readDir(full)) {
    const below = join(path, name);
    if (!left.test(below)) await list(root, below, left, listing);
  }
}

async function content(path: string, info: Deno.FileInfo): Promise<string> {
  if (info.isSymlink) return `link to ${await Deno.readLink(path)}`;
  if (info.isDirectory) return "folder";
  const digest = createHash("sha256").update(await Deno.readFile(path)).digest("hex");
  return `file of ${info.size} bytes, ${digest.slice(0, 16)}`;
}

/** What two trees have differently, a line each; empty if they are the same. */
export function differences(
  one: ReadonlyMap<string, string>,
  other: ReadonlyMap<string, string>,
): string[] {
  const paths = [...new Set([...one.keys(), ...other.keys()])].sort();
  return paths.filter((path) => one.get(path) !== other.get(path)).map((path) =>
    `${path}: ${one.get(path) ?? "missing"} | ${other.get(path) ?? "missing"}`
  );
}
