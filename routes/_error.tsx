import { HttpError } from "fresh";
import { define } from "../app.ts";
import { ErrorView } from "../components/site/ErrorView.tsx";
import { echoed } from "../lib/http/echo.ts";

/** The last resort: what fails outside every middleware that answers errors. */
export default define.page(function ErrorPage({ error, req, url, state }) {
  state.isError = true;
  const status = error instanceof HttpError ? error.status : 500;
  const { requestId, log } = state;
  const path = echoed(url.pathname);
  if (status >= 500) {
    log.error("{method} {path} failed", { method: req.method, path, requestId, error });
  }
  return <ErrorView status={status} path={path} requestId={requestId} />;
});
