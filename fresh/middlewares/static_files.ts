import { BUILD_ID_PARAM } from "../asset.ts";
import type { Context } from "../context.ts";
import type { Middleware } from "../middleware.ts";
import { stateOf } from "../request_state.ts";
import type { StaticFile } from "../snapshot.ts";

const YEAR = "public, max-age=31536000, immutable";

/**
 * Serves the static folder and the islands' modules. What is requested by its content, an `asset()` URL or a module, is
 * immutable for a year; the rest is revalidated by its etag.
 */
export function staticFiles<State>(): Middleware<State> {
  return async (ctx) => {
    const { snapshot } = stateOf(ctx);
    const path = filePath(ctx);
    const file = path === null ? null : await snapshot.file(path);
    if (file === null) {
      // Browsers request it without a link to it, so a short answer suffices.
      return path === "/favicon.ico" ? new Response(null, { status: 404 }) : await ctx.next();
    }
    const { method } = ctx.req;
    if (method !== "GET" && method !== "HEAD") {
      return new Response("Method Not Allowed", { status: 405 });
    }
    const key = ctx.url.searchParams.get(BUILD_ID_PARAM);
    if (key !== null && key !== snapshot.buildId) return ctx.redirect(withoutKey(ctx.url), 307);
    return await respond(ctx.req, file, file.immutable || key !== null, ctx.config.mode);
  };
}

async function respond(
  request: Request,
  file: StaticFile,
  immutable: boolean,
  mode: "development" | "production",
): Promise<Response> {
  const etag = `W/"${file.etag}"`;
  const headers = new Headers({
    "content-type": file.contentType,
    "cache-control": immutable && mode === "production" ? YEAR : "no-cache",
    vary: "If-None-Match",
    etag,
  });
  const known = request.headers.get("if-none-match")?.split(/\s*,\s*/) ?? [];
  if (known.some((tag) => tag === etag || tag === `"${file.etag}"` || tag === file.etag)) {
    return new Response(null, { status: 304, headers });
  }
  const content = await file.read();
  headers.set("content-length", String(content.byteLength));
  return new Response(request.method === "HEAD" ? null : content, { headers });
}

function filePath<State>(ctx: Context<State>): string | null {
  const { pathname } = ctx.url;
  const { basePath } = ctx.config;
  if (!pathname.startsWith(`${basePath}/`)) return null;
  try {
    return decodeURIComponent(pathname.slice(basePath.length));
  } catch {
    return null;
  }
}

function withoutKey(url: URL): string {
  const other = new URL(url);
  other.searchParams.delete(BUILD_ID_PARAM);
  return other.pathname + other.search;
}
