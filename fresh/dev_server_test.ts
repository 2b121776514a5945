import assert from "node:assert/strict";
import { join } from "node:path";
import { EventSource } from "eventsource";
import { App } from "./app.ts";
import { Builder } from "./dev.ts";
import { copyFixture } from "./testdata/copy_fixture.ts";

interface Dev {
  readonly url: string;
  readonly root: string;
  /** Resolves when the browser is sent another revision than the one it has. */
  changed(): Promise<void>;
}

/** Runs the dev server on a copy of the fixture. */
async function withDevServer(
  makeApp: () => Promise<App<{ greeting: string }>>,
  look: (dev: Dev) => Promise<void>,
): Promise<void> {
  await using fixture = await copyFixture();
  const { root } = fixture;
  const end = new AbortController();
  const listening = Promise.withResolvers<number>();
  const served = new Builder({ root }).listen(makeApp, {
    port: 0,
    hostname: "127.0.0.1",
    signal: end.signal,
    onListen: ({ port }) => listening.resolve(port),
  });
  let events: EventSource | undefined;
  try {
    const url = `http://127.0.0.1:${await listening.promise}`;
    await (await fetch(`${url}/plain`)).body?.cancel();
    events = new EventSource(`${url}/_fresh/alive`);
    const source = events;
    let known = Promise.withResolvers<void>();
    const first = Promise.withResolvers<void>();
    let count = 0;
    source.addEventListener("revision", () => {
      if (count++ === 0) return first.resolve();
      known.resolve();
      known = Promise.withResolvers<void>();
    });
    await first.promise;
    await look({ url, root, changed: () => known.promise });
  } finally {
    events?.close();
    end.abort();
    await served;
  }
}

async function get(url: string): Promise<{ status: number; text: string; headers: Headers }> {
  const response = await fetch(url, { headers: { accept: "text/html" } });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

async function fixtureApp(): Promise<App<{ greeting: string }>> {
  const { staticFiles } = await import("./mod.ts");
  return new App<{ greeting: string }>().use(staticFiles()).fsRoutes();
}

Deno.test("fresh dev server - the dev server serves pages and islands that reload, uncached", async () => {
  await withDevServer(fixtureApp, async ({ url }) => {
    const { text } = await get(`${url}/`);
    assert.match(text, /watchForChanges\("\/_fresh\/alive"\)/);
    const [module = ""] = /\/_fresh\/js\/Counter-\w+\.js/.exec(text) ?? [];
    const script = await get(url + module);
    assert.equal(script.status, 200);
    assert.equal(script.headers.get("cache-control"), "no-cache");
  });
});

Deno.test("fresh dev server - a changed island or static file is built again and the browser reloads", async () => {
  await withDevServer(fixtureApp, async ({ url, root, changed }) => {
    const change = changed();
    await Deno.writeTextFile(join(root, "static", "styles.css"), "body { color: blue }");
    await change;
    assert.equal((await get(`${url}/styles.css`)).text, "body { color: blue }");

    const toldAgain = changed();
    const island = join(root, "islands", "Counter.tsx");
    const source = await Deno.readTextFile(island);
    await Deno.writeTextFile(island, source.replace(" by ", " in steps of "));
    await toldAgain;
    const [module = ""] = /\/_fresh\/js\/Counter-\w+\.js/.exec((await get(`${url}/`)).text) ?? [];
    assert.match((await get(url + module)).text, / in steps of /);
  });
});

Deno.test("fresh dev server - a build error is shown on the page until it is corrected", async () => {
  await withDevServer(fixtureApp, async ({ url, root, changed }) => {
    const island = join(root, "islands", "Counter.tsx");
    const source = await Deno.readTextFile(island);
    const change = changed();
    await Deno.writeTextFile(island, "export const = <p>;");
    await change;
    const broken = await get(`${url}/plain`);
    assert.equal(broken.status, 500);
    assert.match(broken.text, /Counter\.tsx:1:13: ERROR/);

    const toldAgain = changed();
    await Deno.writeTextFile(island, source);
    await toldAgain;
    assert.equal((await get(`${url}/plain`)).status, 200);
  });
});

Deno.test("fresh dev server - what a page throws is shown to a browser in place of the error page, with its stack", async () => {
  await withDevServer(fixtureApp, async ({ url }) => {
    const page = await get(`${url}/products/BROKEN`);
    assert.equal(page.status, 500);
    assert.match(page.text, /<h1>Error: broken<\/h1>.*\[product\]\.tsx/s);
    const api = await fetch(`${url}/products/BROKEN`);
    assert.match(await api.text(), /<p id="error">unexpected<\/p>/);
    assert.match((await get(`${url}/nope`)).text, /<p id="error">status 404<\/p>/);
  });
});

Deno.test("fresh dev server - an app that cannot be imported is shown on the page", async () => {
  const failing = () => Promise.reject(new SyntaxError("in <main.ts>"));
  await withDevServer(failing, async ({ url }) => {
    const { status, text } = await get(`${url}/`);
    assert.equal(status, 500);
    assert.match(text, /<h1>SyntaxError: in &lt;main\.ts><\/h1>/);
  });
});
