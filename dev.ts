import { compile, optimize } from "@tailwindcss/node";
import { Scanner } from "@tailwindcss/oxide";
import * as esbuild from "esbuild";
import { Builder } from "fresh/dev";
import { dirname } from "node:path";

const builder = new Builder({ target: "es2022" });

builder.onTransformStaticFile(
  { pluginName: "tailwind", filter: /\.css$/ },
  async ({ text, path }) => ({ content: await styles(text, path) }),
);

await bundleSpotChart();
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

/** Bundles the chart element into one module that any site can load. The builder then serves it as it is. */
async function bundleSpotChart(): Promise<void> {
  await esbuild.build({
    entryPoints: ["components/embed/browser/spot_chart_element.ts"],
    outfile: "static/spot-chart.js",
    bundle: true,
    format: "esm",
    target: "es2022",
    minify: true,
    legalComments: "eof",
    logLevel: "warning",
  });
  await esbuild.stop();
}
