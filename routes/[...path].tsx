import { HttpError } from "fresh";
import { define } from "../app.ts";

/** Every unknown address, so that its error runs through the middlewares too. */
export const handler = define.handlers(() => {
  throw new HttpError(404);
});
