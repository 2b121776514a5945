import { define } from "../app.ts";

export default define.page(() => <p>No island here</p>);
