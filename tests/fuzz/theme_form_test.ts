import assert from "node:assert/strict";
import fc from "fast-check";
import { openWebApp } from "../web_app.ts";
import { hostileText, RUNS } from "./runs.ts";

const HERE = "https://spot.example";

function form(body: BodyInit, headers: Record<string, string>): Request {
  return new Request(`${HERE}/theme`, { method: "POST", body, headers });
}

function sent(fields: Record<string, string>, headers: Record<string, string> = {}): Request {
  const body = new URLSearchParams(fields).toString();
  return form(body, {
    "content-type": "application/x-www-form-urlencoded",
    "content-length": `${new TextEncoder().encode(body).length}`,
    ...headers,
  });
}

Deno.test("fuzz - the theme's form never redirects to another host, whatever its return path", async () => {
  const web = await openWebApp({ MAX_REQUESTS_PER_IP: "0" });
  const back = hostileText([
    "/",
    "\\",
    "%5c",
    "%2F",
    "%09",
    "%25",
    "..",
    "//",
    "\t",
    "\r",
    "\n",
    "@",
    "evil.example",
    "https:",
    "?",
    "#",
  ], 8);
  try {
    await fc.assert(
      fc.asyncProperty(back, async (path) => {
        const answer = await web.handler(sent({ theme: "dark", back: `/${path}` }));
        assert.equal(answer.status, 303);
        const location = answer.headers.get("location") ?? "";
        assert.equal(new URL(location, HERE).origin, HERE, location);
        assert.match(location, /^\/(?![/\\])/);
        const decoded = decodeURIComponent(location.replace(/[?#].*$/, ""));
        assert.equal(new URL(decoded, HERE).origin, HERE, location);
      }),
      RUNS,
    );
  } finally {
    await web.close();
  }
});

Deno.test("theme - known ways to another host lead to the start page, and a path of this site leads back", async () => {
  const web = await openWebApp({ MAX_REQUESTS_PER_IP: "0" });
  const locationFor = async (back: string) =>
    (await web.handler(sent({ theme: "dark", back }))).headers.get("location");
  try {
    for (
      const back of [
        "/\\evil.example",
        "//evil.example",
        "/%5Cevil.example",
        "/%2Fevil.example",
        "/\t/evil.example",
        "https://evil.example/",
        "evil.example",
      ]
    ) assert.equal(await locationFor(back), "/", back);
    const path = "/products/BTC-USD?granularity=ONE_MINUTE&studies=sma%3A20";
    assert.equal(await locationFor(path), path);
  } finally {
    await web.close();
  }
});

Deno.test("theme - the form is taken from this site's pages and from programs, from no other site", async () => {
  const web = await openWebApp({ MAX_REQUESTS_PER_IP: "0" });
  try {
    const foreign: Record<string, string>[] = [
      { "sec-fetch-site": "cross-site", origin: "https://evil.example" },
      { "sec-fetch-site": "same-site", origin: "https://other.spot.example" },
      { origin: "https://evil.example" },
      { origin: "null" },
    ];
    for (const headers of foreign) {
      const answer = await web.handler(sent({ theme: "dark", back: "/" }, headers));
      await answer.body?.cancel();
      assert.equal(answer.status, 403, JSON.stringify(headers));
      assert.equal(answer.headers.get("set-cookie"), null);
      assert.match(answer.headers.get("content-security-policy") ?? "", /frame-ancestors/);
    }
    const own: Record<string, string>[] = [
      { "sec-fetch-site": "same-origin", origin: HERE },
      { origin: HERE },
      {},
    ];
    for (const headers of own) {
      const answer = await web.handler(sent({ theme: "dark", back: "/" }, headers));
      assert.equal(answer.status, 303, JSON.stringify(headers));
      assert.match(answer.headers.get("set-cookie") ?? "", /^theme=dark;/);
    }
  } finally {
    await web.close();
  }
});

Deno.test("fuzz - a form that is too long, or does not declare its length, is not read", async () => {
  const web = await openWebApp({ MAX_REQUESTS_PER_IP: "0" });
  try {
    const body = new ReadableStream({
      pull() {
        assert.fail("the body was read");
      },
    }, { highWaterMark: 0 });
    const type = { "content-type": "application/x-www-form-urlencoded" };
    assert.equal((await web.handler(form(body, type))).status, 411);
    const long = { ...type, "content-length": "1000000000" };
    assert.equal((await web.handler(form("theme=dark", long))).status, 413);
    assert.equal((await web.handler(sent({ theme: "dark" }))).status, 303);
  } finally {
    await web.close();
  }
});
