import { define } from "../app.ts";
import { Palette } from "../components/palette/Palette.tsx";
import { SiteFooter } from "../components/site/SiteFooter.tsx";
import { SiteHeader } from "../components/site/SiteHeader.tsx";
import { themeOf } from "../components/site/theme.ts";

/** A page's own address with all that its controls write into it is far below. */
const LONGEST_BACK = 1024;

/** What surrounds every page's content. */
export default define.layout(function Layout({ Component, req, state, url }) {
  const status = state.services.status();
  const theme = themeOf(req.headers.get("cookie"));
  const address = url.pathname + url.search;
  const back = state.isError || address.length > LONGEST_BACK ? "/" : address;
  const { publicUrl } = state.services.config;
  const madeAtMs = Date.now();
  return (
    <>
      <a class="skip-link" href="#main">Skip to content</a>
      <SiteHeader
        status={status}
        theme={theme}
        back={back}
        madeAtMs={madeAtMs}
      />
      <main id="main" tabindex={-1}>
        <Component />
      </main>
      <SiteFooter
        version={status.version}
        theme={theme}
        back={back}
        address={back === address ? `${publicUrl ?? ""}${address}` : ""}
        madeAtMs={madeAtMs}
      />
      <Palette />
    </>
  );
});
