import assert from "node:assert/strict";
import { App } from "../app.ts";
import { cors, type CORSOptions } from "./cors.ts";

async function ask(
  options: CORSOptions<unknown> | undefined,
  origin: string,
  init: RequestInit = {},
): Promise<Response> {
  const app = new App<unknown>()
    .use(cors(options))
    .get("/", () => new Response("ok", { headers: { vary: "Accept" } }));
  const headers = new Headers(init.headers);
  headers.set("origin", origin);
  const response = await app.handler()(new Request("http://localhost/", { ...init, headers }));
  await response.body?.cancel();
  return response;
}

Deno.test("by default every origin may read", async () => {
  const { headers } = await ask(undefined, "https://a.example");
  assert.equal(headers.get("access-control-allow-origin"), "*");
  assert.equal(headers.get("vary"), "Accept");
});

Deno.test("only listed origins are allowed, and caches are told that it depends on them", async () => {
  const options = { origin: ["https://a.example", "https://b.example"] };
  const allowed = await ask(options, "https://b.example");
  assert.equal(allowed.headers.get("access-control-allow-origin"), "https://b.example");
  assert.equal(allowed.headers.get("vary"), "Accept, Origin");
  const other = await ask(options, "https://c.example");
  assert.equal(other.headers.get("access-control-allow-origin"), null);
});

Deno.test("a function decides by the origin and the request", async () => {
  const options: CORSOptions<unknown> = {
    origin: (origin, ctx) =>
      ctx.url.pathname === "/" && origin.endsWith(".example") ? origin : null,
  };
  const { headers } = await ask(options, "https://a.example");
  assert.equal(headers.get("access-control-allow-origin"), "https://a.example");
  assert.equal(
    (await ask(options, "https://a.test")).headers.get("access-control-allow-origin"),
    null,
  );
});

Deno.test("a preflight is answered here with what it asks for", async () => {
  const response = await ask({ origin: "*", maxAge: 600, credentials: true }, "https://a.example", {
    method: "OPTIONS",
    headers: { "access-control-request-headers": "last-event-id, x-own" },
  });
  assert.equal(response.status, 204);
  assert.equal(response.headers.get("access-control-allow-headers"), "last-event-id,x-own");
  assert.match(response.headers.get("access-control-allow-methods") ?? "", /GET.*POST/);
  assert.equal(response.headers.get("access-control-max-age"), "600");
  assert.equal(response.headers.get("access-control-allow-credentials"), "true");
});

Deno.test("headers are exposed when asked", async () => {
  const { headers } = await ask(
    { origin: "*", exposeHeaders: ["etag", "link"] },
    "https://a.example",
  );
  assert.equal(headers.get("access-control-expose-headers"), "etag,link");
});
