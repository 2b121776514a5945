import { define } from "../../app.ts";

export const config = { skipInheritedLayouts: true };

export default define.layout(({ Component }) => (
  <article>
    <Component />
  </article>
));
