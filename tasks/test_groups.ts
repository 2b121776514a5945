import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * Makes a module in `directory` for the files of each folder, so that they run one after the other in one JavaScript
 * world: starting one, and loading what all of them import, takes longer than the tests of most files. A failure still
 * names the file of its test. `folderOf` is null for a file that stays alone. Files are relative to the working directory.
 */
export async function groupTestFiles(
  files: readonly string[],
  folderOf: (file: string) => string | null,
  directory: string,
): Promise<readonly string[]> {
  const alone = (file: string) => folderOf(file) === null;
  const groups = Map.groupBy(files, (file) => folderOf(file) ?? file);
  return await Promise.all(
    [...groups].map(async ([name, members]) => {
      if (members.every(alone)) return name;
      const path = join(directory, `${name.replaceAll("/", "_")}_test.ts`);
      const imports = members.map((member) => `import "${pathToFileURL(resolve(member))}";\n`);
      await Deno.writeTextFile(path, imports.join(""));
      return path;
    }),
  );
}
