import assert from "node:assert/strict";
import { App, type Context, type FreshConfig } from "./mod.ts";
import { request } from "./testdata/request.ts";

interface State {
  trail: string[];
}

function newApp(config?: FreshConfig): App<State> {
  return new App<State>(config).use((ctx) => {
    ctx.state.trail = [];
    return ctx.next();
  });
}

function trace(name: string) {
  return (ctx: Context<State>) => {
    ctx.state.trail.push(name);
    return ctx.next();
  };
}

function showTrail(ctx: Context<State>): Response {
  return ctx.json(ctx.state.trail);
}

Deno.test("fresh - a middleware covers the routes after it, not those before", async () => {
  const app = newApp().get("/before", showTrail).use(trace("late")).get("/after", showTrail);
  assert.equal((await request(app, "/before")).text, "[]");
  assert.equal((await request(app, "/after")).text, '["late"]');
});

Deno.test("fresh - a middleware of a path covers what is below it, outer ones run first", async () => {
  const app = newApp()
    .use("/api", trace("api"))
    .use(trace("all"))
    .use("/api/v1/*", trace("v1"))
    .get("/api/v1/x", trace("own"), showTrail)
    .get("/other", showTrail);
  assert.equal((await request(app, "/api/v1/x")).text, '["all","api","v1","own"]');
  assert.equal((await request(app, "/other")).text, '["all"]');
});

Deno.test("fresh - middlewares see and change the response of what they cover", async () => {
  const app = newApp().use(async (ctx) => {
    const response = await ctx.next();
    response.headers.set("x-route", String(ctx.route));
    return response;
  }).get("/items/:id", (ctx) => ctx.text(ctx.params.id ?? ""));
  const { text, headers } = await request(app, "/items/a%20b?q=1");
  assert.equal(text, "a b");
  assert.equal(headers.get("x-route"), "/items/:id");
});

Deno.test("fresh - each method has its handlers, and all() answers every method", async () => {
  const echo = (ctx: Context<State>) => ctx.text(ctx.req.method);
  const app = newApp().get("/x", echo).post("/x", echo).put("/x", echo).patch("/x", echo)
    .delete("/x", echo).all("/all", echo);
  for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
    assert.equal((await request(app, "/x", { method })).text, method);
    assert.equal((await request(app, "/all", { method })).text, method);
  }
  assert.equal((await request(app, "/all", { method: "OPTIONS" })).text, "OPTIONS");
});

Deno.test("fresh - HEAD answers as GET without a body, whose source is cancelled", async () => {
  let cancelled = false;
  const app = newApp().get(
    "/stream",
    () =>
      new Response(new ReadableStream({ cancel: () => void (cancelled = true) }), {
        headers: { "x-own": "1" },
      }),
  );
  const { text, headers, status } = await request(app, "/stream", { method: "HEAD" });
  assert.deepEqual([status, text, headers.get("x-own")], [200, "", "1"]);
  assert.ok(cancelled);
});

Deno.test("fresh - a missing method is 405, OPTIONS is answered with the methods", async () => {
  const app = newApp().get("/x", showTrail).post("/x", showTrail);
  const missing = await request(app, "/x", { method: "DELETE" });
  assert.deepEqual([missing.status, missing.headers.get("allow")], [405, null]);
  const options = await request(app, "/x", { method: "OPTIONS" });
  assert.deepEqual([options.status, options.headers.get("allow")], [204, "GET, HEAD, POST"]);
});

Deno.test("fresh - an unknown path runs the middlewares of all and is then 404", async () => {
  let ran = 0;
  const app = newApp().use((ctx) => {
    ran++;
    return ctx.next();
  }).get("/x", showTrail);
  const { status, text } = await request(app, "/y");
  assert.deepEqual([status, text, ran], [404, "Not Found", 1]);
});

Deno.test("fresh - a redirect to a path never leaves the host", async () => {
  const app = newApp().get(
    "/go",
    (ctx) => ctx.redirect(ctx.url.searchParams.get("to") ?? "/", 303),
  );
  const cases: Readonly<Record<string, string>> = {
    "/a/b?next=//x#//y": "/a/b?next=//x#//y",
    "//evil.example/x": "/evil.example/x",
    "/\\evil.example": "/evil.example",
    "/\t/evil.example": "/evil.example",
    "/": "/",
    "https://other.example/x": "https://other.example/x",
  };
  for (const [to, location] of Object.entries(cases)) {
    const { headers, status } = await request(app, `/go?to=${encodeURIComponent(to)}`);
    assert.deepEqual([status, headers.get("location")], [303, location]);
  }
});

Deno.test("fresh - repeated slashes in a path count as one", async () => {
  const app = newApp().get("/a/b", (ctx) => ctx.text(ctx.url.pathname));
  const response = await app.handler()(new Request("http://localhost//a///b"));
  assert.equal(await response.text(), "/a/b");
});

Deno.test("fresh - text, html, json and stream answer with their kinds", async () => {
  const app = newApp()
    .get("/text", (ctx) => ctx.text("plain", { status: 202 }))
    .get("/html", (ctx) => ctx.html("<b>x</b>"))
    .get("/json", (ctx) => ctx.json({ a: 1 }))
    .get("/stream", (ctx) =>
      ctx.stream(async function* () {
        yield "one ";
        await Promise.resolve();
        yield new TextEncoder().encode("two");
      }));
  assert.deepEqual(
    [(await request(app, "/text")).text, (await request(app, "/text")).status],
    ["plain", 202],
  );
  assert.match((await request(app, "/html")).headers.get("content-type") ?? "", /^text\/html/);
  assert.equal((await request(app, "/json")).text, '{"a":1}');
  assert.equal((await request(app, "/stream")).text, "one two");
});

Deno.test("fresh - everything is served below the base path, and nothing beside it", async () => {
  const app = newApp({ basePath: "/base" })
    .get("/", (ctx) => ctx.text(ctx.config.basePath))
    .get("/x/:id", (ctx) => ctx.text(String(ctx.params.id)));
  assert.equal((await request(app, "/base")).text, "/base");
  assert.equal((await request(app, "/base/x/1")).text, "1");
  assert.equal((await request(app, "/x/1")).status, 404);
});

Deno.test("fresh - forwarded scheme and host make the url only behind a trusted proxy", async () => {
  const headers = { "x-forwarded-proto": "https", "x-forwarded-host": "spot.example" };
  const lists = { "x-forwarded-proto": "https, http", "x-forwarded-host": "spot.example, inner" };
  const show = (ctx: Context<State>) => ctx.text(ctx.url.origin);
  const trusting = newApp({ trustProxy: true }).get("/", show);
  const wary = newApp().get("/", show);
  assert.equal(
    (await request(trusting, "http://localhost:8000/", { headers })).text,
    "https://spot.example",
  );
  assert.equal(
    (await request(wary, "http://localhost:8000/", { headers })).text,
    "http://localhost:8000",
  );
  assert.equal(
    (await request(trusting, "http://localhost:8000/", { headers: lists })).text,
    "http://localhost:8000",
  );
});

Deno.test("fresh - every request has its own state", async () => {
  const app = newApp().use(trace("once")).get("/", showTrail);
  const handler = app.handler();
  for (let i = 0; i < 2; i++) {
    const response = await handler(new Request("http://localhost/"));
    assert.equal(await response.text(), '["once"]');
  }
});

Deno.test("fresh - an app that was not built has no file routes, and its own routes work", async () => {
  const app = newApp().fsRoutes().get("/own", (ctx) => ctx.text("own"));
  assert.equal((await request(app, "/own")).text, "own");
  assert.equal((await request(app, "/")).status, 404);
});
