import assert from "node:assert/strict";
import { packagesIn, runTimeConfig } from "./run_time_config.ts";

Deno.test("image - the image's configuration names what is imported, with its versions, and nothing else", () => {
  const graph = {
    modules: [
      { specifier: "file:///source/serve.ts" },
      { specifier: "node:path" },
      { specifier: "npm:/preact@10.29.8/hooks" },
      { specifier: "npm:/@nats-io/kv@3.4.0" },
    ],
  };
  const development = {
    nodeModulesDir: "auto",
    links: ["./fresh"],
    unstable: ["no-legacy-abort"],
    tasks: { demo: "deno run -A tasks/demo.ts" },
    imports: {
      "fresh": "jsr:@fresh/core@^2.3",
      "preact": "npm:preact@10.29.8",
      "preact-render-to-string": "npm:preact-render-to-string@6.8.2",
      "@nats-io/kv": "npm:@nats-io/kv@3.4.0",
      "esbuild": "npm:esbuild@0.28.2",
    },
    compilerOptions: { jsx: "precompile" },
  };
  assert.deepEqual(runTimeConfig(development, packagesIn(graph)), {
    nodeModulesDir: "none",
    links: ["./fresh"],
    unstable: ["no-legacy-abort"],
    imports: {
      "fresh": "jsr:@fresh/core@^2.3",
      "preact": "npm:preact@10.29.8",
      "@nats-io/kv": "npm:@nats-io/kv@3.4.0",
    },
    compilerOptions: { jsx: "precompile" },
  });
});
