import assert from "node:assert/strict";
import type { ComponentChildren, JSX } from "preact";
import { App } from "./mod.ts";
import { asset, Head } from "./runtime.ts";

async function render(vnode: JSX.Element, path = "/"): Promise<string> {
  const app = new App().get("*", (ctx) => ctx.render(vnode));
  const response = await app.handler()(new Request(new URL(path, "http://localhost")));
  return await response.text();
}

function Document({ children }: { children?: ComponentChildren }): JSX.Element {
  return (
    <html lang="en">
      <head>
        <title>default</title>
        <meta name="description" content="default" />
        <link key="icon" rel="icon" href="/a.svg" />
      </head>
      <body class="page">{children}</body>
    </html>
  );
}

Deno.test("fresh rendering - markup without a document around it gets one", async () => {
  assert.equal(
    await render(<p>text</p>),
    '<!DOCTYPE html><html><head><meta charset="utf-8"/></head><body><p>text</p></body></html>',
  );
});

Deno.test("fresh rendering - a document without a head gets one before its body", async () => {
  const html = await render(
    <html>
      <body>
        <Head>
          <title>late</title>
        </Head>
      </body>
    </html>,
  );
  assert.match(html, /<html><head><meta charset="utf-8"\/><title>late<\/title><\/head><body>/);
});

Deno.test("fresh rendering - Head replaces what it knows by key, title or name, and adds the rest in order", async () => {
  const Inner = () => (
    <Head>
      <title>inner {1}</title>
      <meta property="og:title" content="inner" />
    </Head>
  );
  const html = await render(
    <Document>
      <Head>
        <title>outer</title>
        <meta name="description" content="own" />
        <link key="icon" rel="icon" href="/b.svg" />
        <script type="application/ld+json">{"{}"}</script>
      </Head>
      <div>
        <Inner />
      </div>
    </Document>,
  );
  const head = /<head>(.*)<\/head>/.exec(html)?.[1]?.replace(/ nonce="\w+"/g, "");
  assert.equal(
    head,
    '<title>inner 1</title><meta name="description" content="own"/>' +
      '<link rel="icon" href="/b.svg" data-key="icon"/>' +
      '<script type="application/ld+json">{}</script>' +
      '<meta property="og:title" content="inner"/>',
  );
  assert.match(html, /<body class="page"><div><\/div><\/body>/);
});

Deno.test("fresh rendering - vnodes kept in constants are rendered alike every time, nonces aside", async () => {
  const constant = (
    <Document>
      <Head>
        <title>constant</title>
        <style>{"p { color: red }"}</style>
      </Head>
      <a href="/">home</a>
      <img src="/logo.png" />
      <script>let a;</script>
    </Document>
  );
  const [first, second] = [await render(constant), await render(constant)];
  const nonces = [first, second].map((html) => new Set(html.match(/nonce="\w+"/g)));
  assert.equal(nonces[0]?.size, 1);
  assert.equal(nonces[1]?.size, 1);
  assert.notDeepEqual(nonces[0], nonces[1]);
  assert.equal(first.replace(/nonce="\w+"/g, ""), second.replace(/nonce="\w+"/g, ""));
  assert.match(first, /<title>constant<\/title>/);
});

Deno.test("fresh rendering - a nonce given to a script stays", async () => {
  const html = await render(<script nonce="own">let a;</script>);
  assert.match(html, /<script nonce="own">/);
});

Deno.test("fresh rendering - links show whether they lead to the page, or to one above it", async () => {
  const links = [
    "/",
    "/products",
    "/products/BTC-USD",
    "/products/BTC-USD?x=1",
    "/products/BTC-USD?x=2",
    "/prod",
    "//other/products",
    "https://x/",
    "?x=1",
  ];
  const html = await render(
    <nav>
      {links.map((href) => <a key={href} href={href}>x</a>)}
      <a href="/products" aria-current="step">x</a>
    </nav>,
    "/products/BTC-USD?x=1",
  );
  const marks = Array.from(
    html.matchAll(/<a href="([^"]*)"([^>]*)>/g),
    ([, href, rest]) => [href, rest],
  );
  assert.deepEqual(marks, [
    ["/", ' data-ancestor="true" aria-current="true"'],
    ["/products", ' data-ancestor="true" aria-current="true"'],
    ["/products/BTC-USD", ' data-current="true" aria-current="page"'],
    ["/products/BTC-USD?x=1", ' data-current="true" aria-current="page"'],
    ["/products/BTC-USD?x=2", ' data-ancestor="true" aria-current="true"'],
    ["/prod", ""],
    ["//other/products", ""],
    ["https://x/", ""],
    ["?x=1", ""],
    ["/products", ' aria-current="step"'],
  ]);
});

Deno.test("fresh rendering - asset() locks a path of this host to the build, once", () => {
  assert.equal(asset("/a.css?v=1#x"), "/a.css?v=1&__frsh_c=unbuilt#x");
  assert.equal(asset(asset("/a.css")), asset("/a.css"));
  assert.equal(asset("//other.example/a.css"), "//other.example/a.css");
  assert.equal(asset("https://other.example/a.css"), "https://other.example/a.css");
});

Deno.test("fresh rendering - text and attributes are escaped", async () => {
  const hostile = '<img onerror="x">&';
  const html = await render(<p title={hostile}>{hostile}</p>);
  assert.match(
    html,
    /<p title="&lt;img onerror=&quot;x&quot;>&amp;">&lt;img onerror=&quot;x&quot;>&amp;<\/p>/,
  );
});

Deno.test("fresh rendering - a component that throws makes the page fail, and the next page is whole", async () => {
  const Broken = (): never => {
    throw new Error("broken");
  };
  const app = new App()
    .onError("*", (ctx) => ctx.text("failed", { status: 500 }))
    .get("/broken", (ctx) =>
      ctx.render(
        <Document>
          <Broken />
        </Document>,
      ))
    .get("/whole", (ctx) =>
      ctx.render(
        <Document>
          <p>whole</p>
        </Document>,
      ));
  const handler = app.handler();
  const broken = await handler(new Request("http://localhost/broken"));
  assert.deepEqual([broken.status, await broken.text()], [500, "failed"]);
  const whole = await handler(new Request("http://localhost/whole"));
  assert.match(await whole.text(), /<body class="page"><p>whole<\/p><\/body>/);
});

Deno.test("fresh rendering - a page without islands has no script", async () => {
  assert.doesNotMatch(
    await render(
      <Document>
        <p>plain</p>
      </Document>,
    ),
    /<script/,
  );
});
