import { App, csp, staticFiles } from "fresh";
import type { State } from "./app.ts";

// A build that ran this module would leave its trace.
Reflect.set(globalThis, "fixtureMainRan", true);

export const app = new App<State>()
  .use(staticFiles())
  .use(csp({ useNonce: true }))
  .fsRoutes();
