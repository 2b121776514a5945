import { define } from "../app.ts";

export default define.layout(({ Component, state }) => (
  <main data-greeting={state.greeting}>
    <Component />
  </main>
));
