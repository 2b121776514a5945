import assert from "node:assert/strict";
import { App, type Context, type FreshConfig, HttpError, page } from "./mod.ts";

interface State {
  trail: string[];
}

function newApp(config?: FreshConfig): App<State> {
  return new App<State>(config).use((ctx) => {
    ctx.state.trail = [];
    return ctx.next();
  });
}

async function ask(
  app: App<State>,
  path: string,
  init?: RequestInit,
): Promise<{ status: number; text: string; headers: Headers }> {
  const response = await app.handler()(new Request(new URL(path, "http://localhost"), init));
  return { status: response.status, text: await response.text(), headers: response.headers };
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

Deno.test("a middleware covers the routes after it, not those before", async () => {
  const app = newApp().get("/before", showTrail).use(trace("late")).get("/after", showTrail);
  assert.equal((await ask(app, "/before")).text, "[]");
  assert.equal((await ask(app, "/after")).text, '["late"]');
});

Deno.test("a middleware of a path covers what is below it, outer ones run first", async () => {
  const app = newApp()
    .use("/api", trace("api"))
    .use(trace("all"))
    .use("/api/v1/*", trace("v1"))
    .get("/api/v1/x", trace("own"), showTrail)
    .get("/other", showTrail);
  assert.equal((await ask(app, "/api/v1/x")).text, '["all","api","v1","own"]');
  assert.equal((await ask(app, "/other")).text, '["all"]');
});

Deno.test("middlewares see and change the response of what they cover", async () => {
  const app = newApp().use(async (ctx) => {
    const response = await ctx.next();
    response.headers.set("x-route", String(ctx.route));
    return response;
  }).get("/items/:id", (ctx) => ctx.text(ctx.params.id ?? ""));
  const { text, headers } = await ask(app, "/items/a%20b?q=1");
  assert.equal(text, "a b");
  assert.equal(headers.get("x-route"), "/items/:id");
});

Deno.test("each method has its handlers, and all() answers every method", async () => {
  const say = (ctx: Context<State>) => ctx.text(ctx.req.method);
  const app = newApp().get("/x", say).post("/x", say).put("/x", say).patch("/x", say)
    .delete("/x", say).all("/all", say);
  for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
    assert.equal((await ask(app, "/x", { method })).text, method);
    assert.equal((await ask(app, "/all", { method })).text, method);
  }
  assert.equal((await ask(app, "/all", { method: "OPTIONS" })).text, "OPTIONS");
});

Deno.test("HEAD answers as GET without a body, whose source is cancelled", async () => {
  let cancelled = false;
  const app = newApp().get(
    "/stream",
    () =>
      new Response(new ReadableStream({ cancel: () => void (cancelled = true) }), {
        headers: { "x-own": "1" },
      }),
  );
  const { text, headers, status } = await ask(app, "/stream", { method: "HEAD" });
  assert.deepEqual([status, text, headers.get("x-own")], [200, "", "1"]);
  assert.ok(cancelled);
});

Deno.test("a missing method is 405 with allow, OPTIONS is answered with the methods", async () => {
  const app = newApp().get("/x", showTrail).post("/x", showTrail);
  const missing = await ask(app, "/x", { method: "DELETE" });
  assert.deepEqual([missing.status, missing.headers.get("allow")], [405, "GET, HEAD, POST"]);
  const options = await ask(app, "/x", { method: "OPTIONS" });
  assert.deepEqual([options.status, options.headers.get("allow")], [204, "GET, HEAD, POST"]);
});

Deno.test("an unknown path runs the middlewares of all and is then 404", async () => {
  let ran = 0;
  const app = newApp().use((ctx) => {
    ran++;
    return ctx.next();
  }).get("/x", showTrail);
  const { status, text } = await ask(app, "/y");
  assert.deepEqual([status, text, ran], [404, "Not Found", 1]);
});

Deno.test("an HttpError answers with its status and message", async () => {
  const app = newApp().get("/x", () => {
    throw new HttpError(418, "short and stout", { cause: "tea" });
  });
  const { status, text } = await ask(app, "/x");
  assert.deepEqual([status, text], [418, "short and stout"]);
});

Deno.test("the nearest error handler answers what is thrown below it", async () => {
  const fail = () => {
    throw new Error("inside");
  };
  const app = newApp()
    .onError("*", (ctx) => ctx.text(`outer: ${message(ctx.error)}`, { status: 500 }))
    .onError("/deep", (ctx) => ctx.text(`deep: ${message(ctx.error)}`, { status: 503 }))
    .get("/deep/x", fail)
    .get("/x", fail);
  assert.equal((await ask(app, "/x")).text, "outer: inside");
  const deep = await ask(app, "/deep/x");
  assert.deepEqual([deep.status, deep.text], [503, "deep: inside"]);
});

Deno.test("an error handler that fails leaves the error to the one above", async () => {
  const app = newApp()
    .onError("*", (ctx) => ctx.text(`outer: ${message(ctx.error)}`, { status: 500 }))
    .onError("/deep", () => {
      throw new Error("second");
    })
    .get("/deep/x", () => {
      throw new Error("first");
    });
  assert.equal((await ask(app, "/deep/x")).text, "outer: second");
});

Deno.test("notFound answers unknown paths and thrown 404s, even when error handlers are there", async () => {
  const app = newApp()
    .onError("*", (ctx) => ctx.text("error", { status: 500 }))
    .get("/x", () => {
      throw new HttpError(404);
    })
    .notFound({ component: () => <p>nothing here</p> });
  for (const path of ["/x", "/y"]) {
    const { status, text } = await ask(app, path);
    assert.equal(status, 404);
    assert.match(text, /<p>nothing here<\/p>/);
  }
});

Deno.test("an error page is rendered with the error's status, for every method", async () => {
  const app = newApp()
    .onError("*", { component: ({ error }) => <p>{message(error)}</p> })
    .post("/x", () => {
      throw new HttpError(409, "taken");
    });
  const { status, text } = await ask(app, "/x", { method: "POST" });
  assert.equal(status, 409);
  assert.match(text, /<p>taken<\/p>/);
});

Deno.test("an error page has the layouts of its own place, not of the page that failed", async () => {
  const app = newApp()
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
  const { text } = await ask(app, "/deep/x");
  assert.match(text, /<main><p>sorry<\/p><\/main>/);
});

Deno.test("pages are rendered in their layouts and the app wrapper, outermost first", async () => {
  const app = newApp()
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
  const { text, status, headers } = await ask(app, "/deep/x");
  assert.match(text, /^<!DOCTYPE html><html>/);
  assert.match(text, /<body data-path="\/deep\/x"><main><section><p>page<\/p><\/section><\/main>/);
  assert.deepEqual([status, headers.get("x-own")], [201, "1"]);
  assert.equal(headers.get("content-type"), "text/html; charset=utf-8");
  assert.match((await ask(app, "/bare")).text, /<body><p>bare<\/p><\/body>/);
});

Deno.test("a handler gives its page data, status and headers with page()", async () => {
  const app = newApp().route("/x", {
    handler: { GET: () => page({ name: "candle" }, { status: 203, headers: { "x-own": "1" } }) },
    component: ({ data }) => <p>{JSON.stringify(data)}</p>,
  });
  const { status, text, headers } = await ask(app, "/x");
  assert.equal(status, 203);
  assert.equal(headers.get("x-own"), "1");
  assert.match(text, /<p>{&quot;name&quot;:&quot;candle&quot;}<\/p>/);
  assert.equal((await ask(app, "/x", { method: "POST" })).status, 405);
});

Deno.test("an async page may answer with a response of its own", async () => {
  const app = newApp().route("/x", {
    component: async (props) => {
      await Promise.resolve();
      return props.url.searchParams.has("go") ? Response.redirect("http://localhost/y") : <p>x</p>;
    },
  });
  assert.match((await ask(app, "/x")).text, /<p>x<\/p>/);
  assert.equal((await ask(app, "/x?go")).status, 302);
});

Deno.test("a redirect to a path never leaves the host", async () => {
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
    const { headers, status } = await ask(app, `/go?to=${encodeURIComponent(to)}`);
    assert.deepEqual([status, headers.get("location")], [303, location]);
  }
});

Deno.test("repeated slashes in a path count as one", async () => {
  const app = newApp().get("/a/b", (ctx) => ctx.text(ctx.url.pathname));
  const response = await app.handler()(new Request("http://localhost//a///b"));
  assert.equal(await response.text(), "/a/b");
});

Deno.test("text, html, json and stream answer with their kinds", async () => {
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
    [(await ask(app, "/text")).text, (await ask(app, "/text")).status],
    ["plain", 202],
  );
  assert.match((await ask(app, "/html")).headers.get("content-type") ?? "", /^text\/html/);
  assert.equal((await ask(app, "/json")).text, '{"a":1}');
  assert.equal((await ask(app, "/stream")).text, "one two");
});

Deno.test("everything is served below the base path, and nothing beside it", async () => {
  const app = newApp({ basePath: "/base" })
    .get("/", (ctx) => ctx.text(ctx.config.basePath))
    .get("/x/:id", (ctx) => ctx.text(String(ctx.params.id)));
  assert.equal((await ask(app, "/base")).text, "/base");
  assert.equal((await ask(app, "/base/x/1")).text, "1");
  assert.equal((await ask(app, "/x/1")).status, 404);
});

Deno.test("forwarded scheme and host make the url only behind a trusted proxy", async () => {
  const headers = { "x-forwarded-proto": "https", "x-forwarded-host": "spot.example, inner" };
  const show = (ctx: Context<State>) => ctx.text(ctx.url.origin);
  const trusting = newApp({ trustProxy: true }).get("/", show);
  const wary = newApp().get("/", show);
  assert.equal(
    (await ask(trusting, "http://localhost:8000/", { headers })).text,
    "https://spot.example",
  );
  assert.equal(
    (await ask(wary, "http://localhost:8000/", { headers })).text,
    "http://localhost:8000",
  );
});

Deno.test("every request has a state of its own", async () => {
  const app = newApp().use(trace("once")).get("/", showTrail);
  const handler = app.handler();
  for (let i = 0; i < 2; i++) {
    const response = await handler(new Request("http://localhost/"));
    assert.equal(await response.text(), '["once"]');
  }
});

Deno.test("an app that was not built has no file routes, and its own routes work", async () => {
  const app = newApp().fsRoutes().get("/own", (ctx) => ctx.text("own"));
  assert.equal((await ask(app, "/own")).text, "own");
  assert.equal((await ask(app, "/")).status, 404);
});

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
