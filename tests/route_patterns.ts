import { join } from "node:path";

/** The URL pattern of every file route in a folder: `/products/:product`, `/:path*`. */
export async function routePatterns(folder: string): Promise<readonly string[]> {
  const files = await Array.fromAsync(filesIn(folder, ""));
  return files.filter((file) => !/(^|\/)_/.test(file)).map(patternOf);
}

function patternOf(file: string): string {
  const segments = file.replace(/\.tsx?$/, "").replace(/(^|\/)index$/, "").split("/");
  const named = segments.filter((segment) => segment !== "").map((segment) =>
    segment.replace(/^\[\.\.\.(\w+)\]$/, ":$1*").replace(/^\[(\w+)\]$/, ":$1")
  );
  return `/${named.join("/")}`;
}

async function* filesIn(root: string, below: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(join(root, below))) {
    if (isDirectory) yield* filesIn(root, join(below, name));
    else yield join(below, name);
  }
}
