import assert from "node:assert/strict";
import fc from "fast-check";
import { openWebApp } from "../web_app.ts";
import { hostileText, RUNS } from "./runs.ts";

const HERE = "https://spot.example";

function form(body: BodyInit, headers: Record<string, string>): Request {
  return new Request(`${HERE}/theme`, { method: "POST", body, headers });
}

function sent(fields: Record<string, string>): Request {
  const body = new URLSearchParams(fields).toString();
  return form(body, {
    "content-type": "application/x-www-form-urlencoded",
    "content-length": `${new TextEncoder().encode(body).length}`,
  });
}

Deno.test("the theme's form sends nobody to another host, whatever it says to go back to", async () => {
  const web = await openWebApp({ MAX_REQUESTS_PER_IP: "0" });
  const back = hostileText([
    "/",
    "\\",
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
      }),
      RUNS,
    );
  } finally {
    await web.close();
  }
});

Deno.test("a form that is too long, or does not say how long it is, is not read", async () => {
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
