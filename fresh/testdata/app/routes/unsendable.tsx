import { define } from "../app.ts";
import { Total } from "../islands/Total.tsx";

// A function cannot reach the browser, whatever its type.
const props = { count: undefined, since: new Date(0), onPick: () => {} };

export default define.page(() => <Total {...props} />);
