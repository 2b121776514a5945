import type { App } from "../mod.ts";

/** An app's answer to one request, its body read. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

/** Requests a path from an app for a path, or for a whole URL, without a server. */
export async function request<State>(
  app: App<State>,
  path: string,
  init?: RequestInit,
): Promise<Answer> {
  const response = await app.handler()(new Request(new URL(path, "http://localhost"), init));
  return { status: response.status, text: await response.text(), headers: response.headers };
}
