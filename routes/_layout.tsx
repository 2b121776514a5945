import { define } from "../app.ts";
import { SiteFooter } from "../components/site/SiteFooter.tsx";
import { SiteHeader } from "../components/site/SiteHeader.tsx";
import { themeOf } from "../components/site/theme.ts";

/** What surrounds every page's content. */
export default define.layout(function Layout({ Component, req, state, url }) {
  const status = state.services.status();
  const theme = themeOf(req.headers.get("cookie"));
  const back = url.pathname + url.search;
  return (
    <>
      <a class="skip-link" href="#main">Skip to content</a>
      <SiteHeader
        status={status}
        theme={theme}
        back={back}
        madeAtMs={Date.now()}
      />
      <main id="main" tabindex={-1}>
        <Component />
      </main>
      <SiteFooter version={status.version} theme={theme} back={back} />
    </>
  );
});
