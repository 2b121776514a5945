import type { ComponentChildren } from "preact";

/** A page or panel that has nothing to show: the reason, and what to do. */
export function EmptyState(
  { title, page = false, children }: {
    title: string;
    /** It is the page's whole content, so its title is the page's heading. */
    page?: boolean;
    children: ComponentChildren;
  },
) {
  return (
    <section class="empty-state">
      {page ? <h1>{title}</h1> : <h2>{title}</h2>}
      {children}
    </section>
  );
}
