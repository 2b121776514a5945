import { createDefine } from "fresh";

/** What the fixture's middlewares leave for its routes. */
export interface State {
  greeting: string;
}

export const define = createDefine<State>();
