import { define } from "../../../app.ts";

export default define.page(({ params }) => <p>{`docs ${params.version || "latest"}`}</p>);
