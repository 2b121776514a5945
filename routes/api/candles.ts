import { define } from "../../app.ts";
import { candleLink } from "../../components/candle_link.ts";
import { parseCandleQuery } from "../../components/candle_query.ts";
import type { Candle } from "../../lib/candles/candle.ts";
import { encodeCandle } from "../../lib/candles/wire.ts";
import type { CandleQuery } from "../../lib/history.ts";
import { problemResponse } from "../../lib/problem.ts";

/** A page of history in the wire's shape, ascending; `next` is the URL of the next older page. */
export const handler = define.handlers({
  async GET(ctx) {
    const { catalogue, history } = ctx.state.services;
    const { query, errors } = parseCandleQuery(ctx.url.searchParams);
    if (errors !== null) {
      return problemResponse({ status: 400, title: "The query cannot be used", errors });
    }
    if (!catalogue.loaded) {
      return problemResponse({
        status: 503,
        title: "The product catalogue is not loaded yet",
        retryAfterSeconds: 5,
      });
    }
    if (!catalogue.has(query.productId)) {
      const detail = `${query.productId} is not followed here.`;
      return problemResponse({ status: 404, title: "No such product", detail });
    }
    let candles: readonly Candle[];
    try {
      candles = await history.page(query);
    } catch {
      return problemResponse({
        status: 503,
        title: "History is not available at the moment",
        retryAfterSeconds: 5,
      });
    }
    return await answer(ctx.req, bodyOf(candles, query));
  },
});

function bodyOf(candles: readonly Candle[], query: CandleQuery): string {
  const list = candles.map(encodeCandle).join(",");
  return `{"candles":[${list}],"next":${JSON.stringify(nextLink(candles, query))}}`;
}

/** A page that is not full has nothing older in its range. */
function nextLink(candles: readonly Candle[], query: CandleQuery): string | null {
  const oldest = candles[0];
  if (oldest === undefined || candles.length < query.limit) return null;
  if (query.start !== undefined && oldest.start <= query.start) return null;
  return candleLink({ ...query, end: oldest.start });
}

async function answer(request: Request, body: string): Promise<Response> {
  const bytes = new TextEncoder().encode(body);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const etag = `"${digest.toBase64({ alphabet: "base64url" }).slice(0, 22)}"`;
  const headers = { etag, "cache-control": "no-cache" };
  if (holds(request.headers.get("if-none-match"), etag)) {
    return new Response(null, { status: 304, headers });
  }
  return new Response(bytes, { headers: { ...headers, "content-type": "application/json" } });
}

// A compressing server may have weakened the tag it was given.
function holds(ifNoneMatch: string | null, etag: string): boolean {
  return (ifNoneMatch ?? "").split(",").some((tag) => {
    const bare = tag.trim().replace(/^W\//, "");
    return bare === etag || bare === "*";
  });
}
