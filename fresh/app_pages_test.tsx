import assert from "node:assert/strict";
import { App, page } from "./mod.ts";
import { request } from "./testdata/request.ts";

Deno.test("fresh - pages are rendered in their layouts and the app wrapper, outermost first", async () => {
  const app = new App()
    .appWrapper(({ Component, url }) => (
      <html>
        <body data-path={url.pathname}>
          <Component />
        </body>
      </html>
    ))
    .layout("*", ({ Component }) => (
      <main>
        <Component />
      </main>
    ))
    .layout("/deep", async ({ Component }) => {
      await Promise.resolve();
      return (
        <section>
          <Component />
        </section>
      );
    })
    .get("/deep/x", (ctx) => ctx.render(<p>page</p>, { status: 201, headers: { "x-own": "1" } }))
    .route("/bare", {
      config: { skipInheritedLayouts: true, skipAppWrapper: true },
      component: () => <p>bare</p>,
    });
  const { text, status, headers } = await request(app, "/deep/x");
  assert.match(text, /^<!DOCTYPE html><html>/);
  assert.match(text, /<body data-path="\/deep\/x"><main><section><p>page<\/p><\/section><\/main>/);
  assert.deepEqual([status, headers.get("x-own")], [201, "1"]);
  assert.equal(headers.get("content-type"), "text/html; charset=utf-8");
  assert.match((await request(app, "/bare")).text, /<body><p>bare<\/p><\/body>/);
});

Deno.test("fresh - a handler gives its page data, status and headers with page()", async () => {
  const app = new App().route("/x", {
    handler: { GET: () => page({ name: "candle" }, { status: 203, headers: { "x-own": "1" } }) },
    component: ({ data }) => <p>{JSON.stringify(data)}</p>,
  });
  const { status, text, headers } = await request(app, "/x");
  assert.equal(status, 203);
  assert.equal(headers.get("x-own"), "1");
  assert.match(text, /<p>{&quot;name&quot;:&quot;candle&quot;}<\/p>/);
  assert.equal((await request(app, "/x", { method: "POST" })).status, 404);
});

Deno.test("fresh - an async page may answer with its own response", async () => {
  const app = new App().route("/x", {
    component: async (props) => {
      await Promise.resolve();
      return props.url.searchParams.has("go") ? Response.redirect("http://localhost/y") : <p>x</p>;
    },
  });
  assert.match((await request(app, "/x")).text, /<p>x<\/p>/);
  assert.equal((await request(app, "/x?go")).status, 302);
});
