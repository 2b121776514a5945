import { type FunctionComponent, isValidElement, type JSX } from "preact";
import type { LayoutConfig, ResolvedFreshConfig } from "./config.ts";
import { renderResponse } from "./render.ts";
import { stateOf } from "./request_state.ts";

/** One request, passed through the middlewares to its route. */
export class Context<State> {
  readonly config: ResolvedFreshConfig;
  readonly req: Request;
  /** The request's URL, without repeated slashes in its path. */
  readonly url: URL;
  /** The values of the route pattern's parameters, decoded. */
  readonly params: Record<string, string>;
  /** The matched pattern, for example `/products/:product`, or null. */
  readonly route: string | null;
  /** The connection: `info.remoteAddr`. */
  readonly info: Deno.ServeHandlerInfo;
  /** Shared by the request's middlewares, handler and page; starts empty. */
  readonly state: State;
  /** Whether only parts of the page are requested. */
  readonly isPartial: boolean;
  /** What was thrown, in an error page; null otherwise. */
  error: unknown = null;
  /** What an app wrapper or layout wraps. */
  Component: FunctionComponent = () => null;
  /** Runs the rest of the chain. */
  next: () => Promise<Response> = () => Promise.reject(new Error("Nothing to run next"));

  constructor(init: {
    req: Request;
    url: URL;
    params: Record<string, string>;
    route: string | null;
    info: Deno.ServeHandlerInfo;
    config: ResolvedFreshConfig;
    state: State;
  }) {
    this.config = init.config;
    this.req = init.req;
    this.url = init.url;
    this.params = init.params;
    this.route = init.route;
    this.info = init.info;
    this.state = init.state;
    this.isPartial = init.url.searchParams.has("fresh-partial");
  }

  /** A redirect. A path stays on this host, however many slashes it begins with. */
  redirect(pathOrUrl: string, status = 302): Response {
    return new Response(null, { status, headers: { location: onThisHost(pathOrUrl) } });
  }

  /** The vnode inside its layouts and app wrapper, as an HTML response. */
  async render(
    vnode: JSX.Element | null,
    init: ResponseInit = {},
    config: LayoutConfig = {},
  ): Promise<Response> {
    if (vnode !== null && !isValidElement(vnode)) {
      throw new TypeError("ctx.render() takes JSX, or null");
    }
    return await renderResponse(this, stateOf(this), vnode, init, config);
  }

  text(content: string, init?: ResponseInit): Response {
    return new Response(content, init);
  }

  /** A string of HTML, sent unchanged. */
  html(content: string, init: ResponseInit = {}): Response {
    const headers = new Headers(init.headers);
    headers.set("content-type", "text/html; charset=utf-8");
    return new Response(content, { ...init, headers });
  }

  json(content: unknown, init?: ResponseInit): Response {
    return Response.json(content, init);
  }

  /** The chunks of an iterable, or of the generator that the function makes, as they come. */
  stream<Chunk extends string | Uint8Array>(
    chunks: Iterable<Chunk> | AsyncIterable<Chunk> | (() => Iterable<Chunk> | AsyncIterable<Chunk>),
    init?: ResponseInit,
  ): Response {
    const source = typeof chunks === "function" ? chunks() : chunks;
    const encoder = new TextEncoder();
    const encode = new TransformStream<Chunk, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        controller.enqueue(
          typeof chunk === "string" ? encoder.encode(chunk) : new Uint8Array(chunk),
        );
      },
    });
    return new Response(ReadableStream.from(source).pipeThrough(encode), init);
  }
}

function onThisHost(pathOrUrl: string): string {
  // Browsers read a leading `//` or `/\` as the start of another host.
  if (!/^[/\\]/.test(pathOrUrl)) return pathOrUrl;
  const end = pathOrUrl.search(/[?#]/);
  const path = end === -1 ? pathOrUrl : pathOrUrl.slice(0, end);
  const rest = end === -1 ? "" : pathOrUrl.slice(end);
  return path.replace(/[/\\\t\r\n]*[/\\]+/g, "/") + rest;
}
