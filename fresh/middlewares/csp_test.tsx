import assert from "node:assert/strict";
import { App } from "../app.ts";
import { csp, type CSPOptions } from "./csp.ts";

async function request(
  options: CSPOptions,
  path = "/",
): Promise<{ headers: Headers; html: string }> {
  const app = new App()
    .use(csp(options))
    .get("/", (ctx) =>
      ctx.render(
        <html>
          <head>
            <style>{"p { color: red }"}</style>
          </head>
          <body>
            <script>let a;</script>
          </body>
        </html>,
      ))
    .get("/api", (ctx) => ctx.json({}));
  const response = await app.handler()(new Request(new URL(path, "http://localhost")));
  return { headers: response.headers, html: await response.text() };
}

function policy(headers: Headers, name = "content-security-policy"): string {
  return headers.get(name) ?? "";
}

Deno.test("fresh CSP - without a nonce the default policy allows inline scripts and styles of this host only", async () => {
  const { headers } = await request({});
  assert.equal(
    policy(headers),
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; " +
      "font-src 'self'; img-src 'self' data:; media-src 'self' data: blob:; worker-src 'self' blob:; " +
      "connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; " +
      "frame-ancestors 'none'; upgrade-insecure-requests",
  );
});

Deno.test("fresh CSP - with a nonce only what the page rendered may run, and every inline element carries it", async () => {
  const { headers, html } = await request({ useNonce: true });
  const nonce = /script-src 'self' 'nonce-(\w+)'/.exec(policy(headers))?.[1];
  assert.ok(nonce !== undefined && nonce.length >= 32);
  assert.doesNotMatch(policy(headers), /unsafe-inline/);
  assert.match(policy(headers), new RegExp(`style-src 'self' 'nonce-${nonce}'`));
  assert.match(html, new RegExp(`<style nonce="${nonce}">`));
  assert.match(html, new RegExp(`<script nonce="${nonce}">`));
});

Deno.test("fresh CSP - each response has a new nonce", async () => {
  const [first, second] = [await request({ useNonce: true }), await request({ useNonce: true })];
  assert.notEqual(policy(first.headers), policy(second.headers));
});

Deno.test("fresh CSP - a response that was not rendered keeps the policy without a nonce", async () => {
  const { headers } = await request({ useNonce: true }, "/api");
  assert.match(policy(headers), /script-src 'self' 'unsafe-inline'/);
});

Deno.test("fresh CSP - own directives replace the defaults of their name and get the nonce too", async () => {
  const { headers } = await request({
    useNonce: true,
    csp: ["style-src 'self' 'unsafe-inline' https://fonts.example", "manifest-src 'self'"],
  });
  assert.equal(policy(headers).match(/style-src/g)?.length, 1);
  assert.match(policy(headers), /style-src 'self' 'nonce-\w+' https:\/\/fonts\.example/);
  assert.match(policy(headers), /manifest-src 'self'/);
});
