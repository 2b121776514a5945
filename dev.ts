import { compile, optimize } from "@tailwindcss/node";
import { Scanner } from "@tailwindcss/oxide";
import { Builder } from "fresh/dev";
import { dirname } from "node:path";

const builder = new Builder({ target: "es2022" });

builder.onTransformStaticFile(
  { pluginName: "tailwind", filter: /\.css$/ },
  async ({ text, path }) => ({ content: await styles(text, path) }),
);

if (Deno.args.includes("build")) {
  await builder.build();
} else {
  await builder.listen(() => import("./main.ts"), { port: Number(Deno.env.get("PORT") ?? 8000) });
}

/** Compiles a style sheet with Tailwind: only the classes that the sheet's own `@source`s use. */
async function styles(text: string, path: string): Promise<string> {
  const compiler = await compile(text, {
    base: dirname(path),
    from: path,
    onDependency: () => {},
  });
  const scanner = new Scanner({ sources: compiler.sources });
  return optimize(compiler.build(scanner.scan()), { file: path, minify: true }).code;
}
