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

await bundleModules();
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

/**
 * Bundles the modules that have a fixed address, which the builder then serves unchanged: those that any site can load,
 * the script of every page, and the palette that it imports. The chart element imports the client instead of having its
 * own, so that a page's charts and followers share one connection.
 */
async function bundleModules(): Promise<void> {
  const bundled = {
    bundle: true,
    format: "esm",
    target: "es2022",
    minify: true,
    legalComments: "eof",
    logLevel: "warning",
  } as const;
  await esbuild.build({
    ...bundled,
    entryPoints: ["lib/client/follow_candles.ts"],
    outfile: "static/client.js",
    banner: { js: '// @ts-self-types="./client.d.ts"' },
  });
  await esbuild.build({
    ...bundled,
    entryPoints: ["components/embed/browser/spot_chart_element.ts"],
    outfile: "static/spot-chart.js",
    banner: { js: '// @ts-self-types="./spot-chart.d.ts"' },
    plugins: [{
      name: "client",
      setup: ({ onResolve }) =>
        onResolve(
          { filter: /\/client\/follow_candles\.ts$/ },
          () => ({ path: "./client.js", external: true }),
        ),
    }],
  });
  await esbuild.build({
    ...bundled,
    entryPoints: {
      site: "components/site/browser/site.ts",
      palette: "components/palette/browser/palette.ts",
    },
    outdir: "static",
  });
  await esbuild.stop();
}
