import assert from "node:assert/strict";
import { App, HttpError } from "./mod.ts";
import { request } from "./testdata/request.ts";

Deno.test("fresh - an HttpError answers with its status and message", async () => {
  const app = new App().get("/x", () => {
    throw new HttpError(418, "short and stout", { cause: "tea" });
  });
  const { status, text } = await request(app, "/x");
  assert.deepEqual([status, text], [418, "short and stout"]);
});

Deno.test("fresh - the nearest error handler answers what is thrown below it", async () => {
  const fail = () => {
    throw new Error("inside");
  };
  const app = new App()
    .onError("*", (ctx) => ctx.text(`outer: ${message(ctx.error)}`, { status: 500 }))
    .onError("/deep", (ctx) => ctx.text(`deep: ${message(ctx.error)}`, { status: 503 }))
    .get("/deep/x", fail)
    .get("/x", fail);
  assert.equal((await request(app, "/x")).text, "outer: inside");
  const deep = await request(app, "/deep/x");
  assert.deepEqual([deep.status, deep.text], [503, "deep: inside"]);
});

Deno.test("fresh - an error handler that fails leaves the error to the one above", async () => {
  const app = new App()
    .onError("*", (ctx) => ctx.text(`outer: ${message(ctx.error)}`, { status: 500 }))
    .onError("/deep", () => {
      throw new Error("second");
    })
    .get("/deep/x", () => {
      throw new Error("first");
    });
  assert.equal((await request(app, "/deep/x")).text, "outer: second");
});

Deno.test("fresh - notFound answers unknown paths and thrown 404s, even with error handlers", async () => {
  const app = new App()
    .onError("*", (ctx) => ctx.text("error", { status: 500 }))
    .get("/x", () => {
      throw new HttpError(404);
    })
    .notFound({ component: () => <p>nothing here</p> });
  for (const path of ["/x", "/y"]) {
    const { status, text } = await request(app, path);
    assert.equal(status, 404);
    assert.match(text, /<p>nothing here<\/p>/);
  }
});

Deno.test("fresh - an error page is rendered with the error's status, for every method", async () => {
  const app = new App()
    .onError("*", { component: ({ error }) => <p>{message(error)}</p> })
    .post("/x", () => {
      throw new HttpError(409, "taken");
    });
  const { status, text } = await request(app, "/x", { method: "POST" });
  assert.equal(status, 409);
  assert.match(text, /<p>taken<\/p>/);
});

Deno.test("fresh - an error page has the layouts of its own folder, not of the page that failed", async () => {
  const app = new App()
    .layout("*", ({ Component }) => (
      <main>
        <Component />
      </main>
    ))
    .layout("/deep", ({ Component }) => (
      <section>
        <Component />
      </section>
    ))
    .onError("*", { component: () => <p>sorry</p> })
    .get("/deep/x", () => {
      throw new Error("inside");
    });
  const { text } = await request(app, "/deep/x");
  assert.match(text, /<main><p>sorry<\/p><\/main>/);
});

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
