import { HttpError } from "fresh";
import { define } from "../app.ts";
import { ErrorView } from "../components/site/ErrorView.tsx";

/** What fails outside the middleware that answers errors. */
export default define.page(function ErrorPage({ error, url, state }) {
  const status = error instanceof HttpError ? error.status : 500;
  return <ErrorView status={status} path={url.pathname} requestId={state.requestId} />;
});
