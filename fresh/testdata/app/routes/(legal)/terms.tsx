import { define } from "../../app.ts";

export default define.page(() => <p>Terms</p>);
