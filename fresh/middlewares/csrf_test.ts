import assert from "node:assert/strict";
import { App, csrf } from "../mod.ts";
import { request } from "../testdata/request.ts";

const app = new App().use(csrf()).all("/", (ctx) => ctx.text("let in"));

Deno.test("csrf - what pages of other origins send is refused, unless it changes nothing", async () => {
  const foreign: Record<string, string>[] = [
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site", origin: "http://sub.localhost" },
    { origin: "http://evil.example" },
    { origin: "https://localhost" },
    { origin: "null" },
  ];
  for (const headers of foreign) {
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      assert.equal((await request(app, "/", { method, headers })).status, 403);
    }
    for (const method of ["GET", "HEAD", "OPTIONS"]) {
      assert.equal((await request(app, "/", { method, headers })).status, 200);
    }
  }
});

Deno.test("csrf - a page of this origin, a person and a program are let in", async () => {
  const own: Record<string, string>[] = [
    { "sec-fetch-site": "same-origin" },
    { "sec-fetch-site": "none" },
    { origin: "http://localhost" },
    {},
  ];
  for (const headers of own) {
    assert.equal((await request(app, "/", { method: "POST", headers })).text, "let in");
  }
});
