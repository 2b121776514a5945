import {
  type AnyComponent,
  type ComponentChildren,
  type FunctionComponent,
  h,
  type RenderableProps,
} from "preact";
import type { Context } from "./context.ts";

/** What a page, layout, app wrapper or error page is rendered with. */
export type PageProps<Data = unknown, State = unknown> =
  & Pick<
    Context<State>,
    | "config"
    | "url"
    | "req"
    | "params"
    | "route"
    | "info"
    | "state"
    | "isPartial"
    | "error"
    | "Component"
  >
  & { data: Data };

/** A page, layout or wrapper. An async one may answer with its own `Response` instead of markup. */
export type RouteComponent<State> = AnyComponent<PageProps<unknown, State>>;

interface AsyncComponent<Props> {
  (props: RenderableProps<Props>): Promise<ComponentChildren | Response>;
}

/** The props of one component of this request; `Component` renders what it wraps. */
export function pageProps<Data, State>(
  ctx: Context<State>,
  data: Data,
  Component: FunctionComponent,
): PageProps<Data, State> {
  return {
    config: ctx.config,
    url: ctx.url,
    req: ctx.req,
    params: ctx.params,
    route: ctx.route,
    info: ctx.info,
    state: ctx.state,
    isPartial: ctx.isPartial,
    error: ctx.error,
    Component,
    data,
  };
}

/** The component as something to render; an async one is run now, and its `Response`, if any, is the answer. */
export async function renderComponent<State>(
  component: RouteComponent<State>,
  props: PageProps<unknown, State>,
): Promise<ComponentChildren | Response> {
  return isAsync(component) ? await component(props) : h(component, props);
}

function isAsync<State>(
  component: RouteComponent<State>,
): component is AsyncComponent<PageProps<unknown, State>> {
  return component.constructor.name === "AsyncFunction";
}
