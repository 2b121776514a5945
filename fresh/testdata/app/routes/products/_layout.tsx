import { define } from "../../app.ts";

export default define.layout(({ Component }) => (
  <section>
    <Component />
  </section>
));
