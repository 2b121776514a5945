import { csrf } from "fresh";
import { define } from "../../app.ts";

/** Other sites may not send the form: the cookie it sets is this site's. */
export default define.middleware(csrf());
