import type { ComponentChildren, VNode } from "preact";
import type { Place } from "./active_link.ts";
import type { Island, Snapshot } from "./snapshot.ts";

/** JSX given to an island: rendered here, found again in the page's DOM by the browser. */
export interface SlotContent {
  readonly children: ComponentChildren;
  /** Whether the island has put it somewhere in its markup. */
  placed: boolean;
}

/** What one rendering of a page collects. It lives only as long as that rendering, which is synchronous. */
export class RenderState {
  /** The request's nonce: on every script and style. */
  readonly nonce: string = crypto.randomUUID().replaceAll("-", "");
  /** The islands in the order of their markers. */
  readonly islands: { readonly island: Island; readonly props: Record<string, unknown> }[] = [];
  readonly slots: SlotContent[] = [];
  /** Whether we are inside an island, for each island or slot entered. */
  readonly inIsland: boolean[] = [];
  /** What `<Head>` elements gave, by what they replace. */
  readonly head = new Map<string, { type: string; props: VNode["props"] }>();
  headDepth = 0;
  /** The children of `<head>`: rendered last, when all `<Head>`s have been seen. */
  headChildren: ComponentChildren = null;
  phase: "page" | "head" = "page";
  sawHtml = false;
  sawHead = false;
  sawBody = false;
  readonly #patched: { vnode: VNode; type: VNode["type"]; props: VNode["props"] }[] = [];

  constructor(
    readonly snapshot: Snapshot,
    readonly basePath: string,
    readonly place: Place,
  ) {}

  /** Stands in the HTML for what is only known at the end. */
  placeholder(place: "head" | "body"): string {
    return `fresh-${place}-${this.nonce}`;
  }

  /** Changes a vnode until the rendering ends: one kept in a constant is rendered again later. */
  patch(vnode: VNode, type: VNode["type"], props: VNode["props"]): void {
    this.#patched.push({ vnode, type: vnode.type, props: vnode.props });
    vnode.type = type;
    vnode.props = props;
  }

  /** Undoes all patches. */
  restore(): void {
    for (const { vnode, type, props } of this.#patched.reverse()) {
      vnode.type = type;
      vnode.props = props;
    }
  }
}
