import { fileURLToPath } from "node:url";
import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { App, type AppHandler, onAnyError } from "./app.ts";
import { Builder } from "./dev.ts";

const ROOT = join(import.meta.dirname ?? ".", "testdata", "app");

interface Built {
  readonly outDir: string;
  readonly fetch: AppHandler;
}

/** The fixture, built once into a separate folder; the test process's end removes it. */
let built: Promise<Built> | undefined;

function fixture(): Promise<Built> {
  return built ??= buildFixture();
}

async function buildFixture(): Promise<Built> {
  const outDir = await Deno.makeTempDir({ prefix: "fresh-build-" });
  addEventListener("unload", () => Deno.removeSync(outDir, { recursive: true }));
  const builder = new Builder({ root: ROOT, outDir });
  builder.onTransformStaticFile(
    { pluginName: "banner", filter: /\.css$/ },
    ({ text, mode }) => ({ content: `/* ${mode} */ ${text}` }),
  );
  await builder.build();
  assert.equal(Reflect.get(globalThis, "fixtureMainRan"), undefined, "main.ts must not run");
  const server = await import(pathToFileURL(join(outDir, "server.js")).href);
  return { outDir, fetch: server.default.fetch };
}

async function request(
  path: string,
  init?: RequestInit,
): Promise<{ response: Response; text: string }> {
  const { fetch } = await fixture();
  const response = await fetch(new Request(new URL(path, "http://localhost"), init));
  return { response, text: await response.text() };
}

function main(html: string): string {
  return /<main[^>]*>(.*?)<\/main>/s.exec(html)?.[1] ?? "";
}

Deno.test("fresh builder - building runs no module of the project, and server.js serves its main.ts's app", async () => {
  const { text, response } = await request("/plain");
  assert.equal(response.status, 200);
  assert.equal(main(text), "<p>No island here</p>");
  assert.equal(Reflect.get(globalThis, "fixtureMainRan"), true);
});

Deno.test("fresh builder - server.js can be moved with its project: it names no absolute path", async () => {
  const { outDir } = await fixture();
  const source = await Deno.readTextFile(join(outDir, "server.js"));
  assert.doesNotMatch(source, new RegExp(`["'(]${ROOT}`));
});

Deno.test("fresh builder - a page without islands ships no script and preloads none", async () => {
  const { text, response } = await request("/plain");
  assert.doesNotMatch(text, /<script/);
  assert.equal(response.headers.get("link"), null);
});

Deno.test("fresh builder - a page loads the modules of its own islands and no others", async () => {
  const { text, response } = await request("/");
  const imported = Array.from(
    text.matchAll(/from"\/_fresh\/js\/([\w-]+?)-\w+\.js"/g),
    ([, name]) => name,
  );
  assert.deepEqual(imported, ["fresh-boot", "Counter", "Total"]);
  assert.doesNotMatch(text + response.headers.get("link"), /Drawer/);
  assert.match(response.headers.get("link") ?? "", /Counter-\w+\.js>; rel="modulepreload"/);
});

Deno.test("fresh builder - client modules are named by their content and immutable", async () => {
  const { text } = await request("/");
  const [path] = /\/_fresh\/js\/Counter-\w+\.js/.exec(text) ?? [""];
  const { response } = await request(path);
  assert.equal(response.headers.get("content-type"), "text/javascript; charset=utf-8");
  assert.equal(response.headers.get("cache-control"), "public, max-age=31536000, immutable");
});

Deno.test("fresh builder - client modules contain Preact once, and nothing of the server", async () => {
  const { outDir } = await fixture();
  const folder = join(outDir, "static", "_fresh", "js");
  let withPreact = 0;
  for await (const { name } of Deno.readDir(folder)) {
    const code = await Deno.readTextFile(join(folder, name));
    // A property that only Preact's own rendering reads.
    if (code.includes("dangerouslySetInnerHTML")) withPreact++;
    assert.doesNotMatch(code, /renderToString|Deno\./, name);
  }
  assert.equal(withPreact, 1);
});

Deno.test("fresh builder - every inline script and style carries the nonce of its response's policy", async () => {
  for (const path of ["/", "/slots", "/plain"]) {
    const { text, response } = await request(path);
    const nonce = /'nonce-(\w+)'/.exec(response.headers.get("content-security-policy") ?? "")?.[1];
    const tags = text.match(/<(?:script|style)[^>]*>/g) ?? [];
    assert.ok(tags.length > 0);
    for (const tag of tags) assert.ok(tag.includes(`nonce="${nonce}"`), `${path}: ${tag}`);
  }
});

Deno.test("fresh builder - an asset() URL is immutable, the plain path is revalidated by its etag", async () => {
  const { text } = await request("/plain");
  const [, href = ""] = /href="(\/styles\.css[^"]*)"/.exec(text) ?? [];
  const locked = await request(href);
  assert.match(locked.response.headers.get("cache-control") ?? "", /immutable/);
  assert.equal(locked.text, "/* production */ body {\n  color: green;\n}\n");

  const plain = await request("/styles.css");
  assert.equal(plain.response.headers.get("cache-control"), "no-cache");
  const etag = plain.response.headers.get("etag") ?? "";
  const again = await request("/styles.css", { headers: { "if-none-match": etag } });
  assert.deepEqual([again.response.status, again.text], [304, ""]);
  const other = await request("/styles.css", { headers: { "if-none-match": 'W/"other"' } });
  assert.equal(other.response.status, 200);
});

Deno.test("fresh builder - an asset() URL of another build leads to the current file", async () => {
  const { response } = await request("/styles.css?v=1&__frsh_c=old");
  assert.deepEqual([response.status, response.headers.get("location")], [307, "/styles.css?v=1"]);
});

Deno.test("fresh builder - static files answer GET and HEAD only, and stay in their folder", async () => {
  const head = await request("/robots.txt", { method: "HEAD" });
  assert.deepEqual([head.response.status, head.text], [200, ""]);
  assert.equal(head.response.headers.get("content-type"), "text/plain; charset=utf-8");
  assert.equal((await request("/robots.txt", { method: "POST" })).response.status, 405);
  for (const path of ["/..%2fmain.ts", "/%2e%2e/main.ts", "/%E0%A4%A", "/favicon.ico"]) {
    assert.equal((await request(path)).response.status, 404, path);
  }
});

Deno.test("fresh builder - middlewares, layouts and groups of the routes folder cover their routes", async () => {
  const { text, response } = await request("/products/BTC-USD");
  assert.equal(response.headers.get("x-greeting"), "hello");
  assert.match(
    text,
    /<main data-greeting="hello"><section><h1 data-path="\/products\/BTC-USD">BTC-USD</,
  );
  assert.match((await request("/terms")).text, /<\/nav><article><p>Terms<\/p><\/article>/);
  assert.equal((await request("/files/a/b")).text, "file a/b");
  assert.match((await request("/docs")).text, /docs latest/);
  assert.match((await request("/docs/v1")).text, /docs v1/);
});

Deno.test("fresh builder - the error page answers unknown paths, thrown statuses, missing methods and failures", async () => {
  const cases = [
    ["GET", "/nope", 404, "status 404"],
    ["GET", "/products/x", 404, "status 404"],
    ["DELETE", "/products/BTC-USD", 404, "status 404"],
    ["GET", "/products/BROKEN", 500, "unexpected"],
  ] as const;
  for (const [method, path, status, text] of cases) {
    const answer = await request(path, { method });
    assert.equal(answer.response.status, status);
    assert.equal(main(answer.text), `<p id="error">${text}</p>`);
  }
});

Deno.test("fresh builder - JSX given to an island waits in a template while the island does not show it", async () => {
  const { text } = await request("/slots");
  assert.match(
    text,
    /<!--fresh:slot:\d+--><p class="note">Text from the server &amp; its escapes<\/p>/,
  );
  assert.match(text, /<template id="fresh-slot-\d+"><p class="hidden-note">/);
});

Deno.test("fresh builder - a memory build gives file routes and islands to an app in a test", async () => {
  const builder = new Builder({ root: ROOT });
  const applySnapshot = await builder.build({ snapshot: "memory" });
  const { app } = await import("./testdata/app/main.ts");
  applySnapshot(app);
  const response = await app.handler()(new Request("http://localhost/"));
  assert.match(await response.text(), /<!--fresh:island:0--><button/);
});

Deno.test("fresh builder - a prop that cannot be sent fails the page and names the prop and the island", async () => {
  const builder = new Builder({ root: ROOT });
  const applySnapshot = await builder.build({ snapshot: "memory" });
  const app = new App().fsRoutes();
  const thrown: unknown[] = [];
  onAnyError(app, (_request, error) => thrown.push(error));
  applySnapshot(app);
  const response = await app.handler()(new Request("http://localhost/unsendable"));
  await response.body?.cancel();
  assert.equal(response.status, 500);
  assert.equal(
    String(thrown[0]),
    'TypeError: The prop "onPick" of island <Total> is a function, which cannot be sent to the browser',
  );
});

Deno.test("fresh builder - a broken island fails the build with esbuild's message", async () => {
  const root = await Deno.makeTempDir({ prefix: "fresh-broken-" });
  try {
    await Deno.mkdir(join(root, "islands"));
    await Deno.writeTextFile(join(root, "deno.json"), "{}");
    // Else Preact is missing as well, and esbuild names only the first few errors.
    await Deno.symlink(
      fileURLToPath(new URL("../node_modules", import.meta.url)),
      join(root, "node_modules"),
    );
    await Deno.writeTextFile(join(root, "islands", "Broken.ts"), "export const = 1;");
    await assert.rejects(new Builder({ root }).build(), /Broken\.ts:1:13: ERROR/);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("fresh builder - a transform that fails names its plugin and the file", async () => {
  const builder = new Builder({ root: ROOT });
  builder.onTransformStaticFile({ pluginName: "picky", filter: /\.css$/ }, () => {
    throw new Error("no");
  });
  await assert.rejects(
    builder.build({ snapshot: "memory" }),
    /picky: could not transform .*styles\.css/,
  );
});
