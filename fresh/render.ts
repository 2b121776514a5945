import { type ComponentChildren, Fragment, type FunctionComponent, h, type JSX } from "preact";
import { renderToString } from "preact-render-to-string";
import type { LayoutConfig, ResolvedFreshConfig } from "./config.ts";
import { islandScripts, preloadLinks } from "./island_markup.ts";
import { setNonce } from "./nonce.ts";
import { withRenderState } from "./render_hooks.ts";
import { RenderState } from "./render_state.ts";
import type { RequestState } from "./request_state.ts";

/** What rendering needs of a context. */
interface RenderContext {
  readonly url: URL;
  readonly config: ResolvedFreshConfig;
  Component: FunctionComponent;
}

/** Renders the vnode inside the current layouts and app wrapper to an HTML response. */
export async function renderResponse(
  ctx: RenderContext,
  request: RequestState,
  vnode: JSX.Element | null,
  init: ResponseInit,
  config: LayoutConfig,
): Promise<Response> {
  const wraps = config.skipInheritedLayouts ? [] : request.layouts.toReversed();
  if (request.app !== null && !config.skipAppWrapper) wraps.push(request.app);
  let tree: ComponentChildren = vnode;
  for (const wrap of wraps) {
    const inner = tree;
    const Component = () => inner;
    ctx.Component = Component;
    const wrapped = await wrap(Component);
    if (wrapped instanceof Response) return wrapped;
    tree = wrapped;
  }

  const { basePath } = ctx.config;
  const state = new RenderState(request.snapshot, basePath, ctx.url);
  const parts = withRenderState(state, () => renderDocument(tree, state));
  const headers = new Headers(init.headers);
  headers.set("content-type", "text/html; charset=utf-8");
  const preloads = preloadLinks(state);
  if (preloads !== null) headers.append("link", preloads);
  const response = new Response(bytesOf(parts), {
    status: init.status ?? 200,
    statusText: init.statusText,
    headers,
  });
  setNonce(response, state.nonce);
  return response;
}

/** The document in parts: put together, a long page would be copied once for each thing that is filled in. */
function renderDocument(tree: ComponentChildren, state: RenderState): readonly string[] {
  const page = renderToString(h(Fragment, null, tree));
  const bodyEnd = renderSlots(state) + islandScripts(state) + pageScript(state);
  const head = renderHead(state);
  const body = state.sawBody
    ? fill([page], state.placeholder("body"), bodyEnd)
    : ["<body>", page, bodyEnd, "</body>"];
  if (state.sawHead) return ["<!DOCTYPE html>", ...fill(body, state.placeholder("head"), head)];
  const headElement = `<head>${head}</head>`;
  if (!state.sawHtml) return ["<!DOCTYPE html><html>", headElement, ...body, "</html>"];
  return ["<!DOCTYPE html>", ...fill(body, "<body", `${headElement}<body`)];
}

/** JSX that an island has not placed in its markup yet waits in a template. It may hold further islands. */
function renderSlots(state: RenderState): string {
  let html = "";
  // The list grows while we go along it.
  for (let id = 0; id < state.slots.length; id++) {
    const slot = state.slots[id];
    if (slot === undefined || slot.placed) continue;
    const content = renderToString(h(Fragment, null, slot.children));
    html += `<template id="fresh-slot-${id}">${content}</template>`;
  }
  return html;
}

function renderHead(state: RenderState): string {
  const own: ComponentChildren = state.sawHead
    ? state.headChildren
    : h("meta", { charset: "utf-8" });
  state.phase = "head";
  const html = renderToString(h(Fragment, null, own));
  const added = [...state.head.values()];
  state.head.clear();
  return html + renderToString(h(Fragment, null, added.map(({ type, props }) => h(type, props))));
}

function pageScript({ snapshot, nonce }: RenderState): string {
  if (snapshot.pageScript === null) return "";
  return `<script type="module" nonce="${nonce}">${snapshot.pageScript}</script>`;
}

/** The parts with the first occurrence of a placeholder replaced. */
function fill(parts: readonly string[], placeholder: string, content: string): readonly string[] {
  for (const [index, part] of parts.entries()) {
    const at = part.indexOf(placeholder);
    if (at < 0) continue;
    const [before, after] = [part.slice(0, at), part.slice(at + placeholder.length)];
    return [...parts.slice(0, index), before, content, after, ...parts.slice(index + 1)];
  }
  return parts;
}

function bytesOf(parts: readonly string[]): Uint8Array<ArrayBuffer> {
  const encoded = parts.map((part) => ENCODER.encode(part));
  const bytes = new Uint8Array(encoded.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of encoded) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

const ENCODER = new TextEncoder();
