import { HttpError } from "fresh";
import { define } from "../app.ts";

export default define.page(({ error }) => (
  <p id="error">{error instanceof HttpError ? `status ${error.status}` : "unexpected"}</p>
));
