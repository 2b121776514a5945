import { asset } from "fresh/runtime";
import { define } from "../app.ts";
import { THEME_NAME, themeOf } from "../components/site/theme.ts";

/** The document around every page. The theme is in the markup, so no script is needed for it. */
export default define.page(function App({ Component, req, state }) {
  const font = asset("/fonts/inter.woff2");
  // A picture's address must be whole, and a request's host may be forged.
  const { publicUrl } = state.services.config;
  return (
    <html lang="en" data-theme={THEME_NAME[themeOf(req.headers.get("cookie"))]}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Spot Canvas</title>
        <meta
          name="description"
          content="Live spot prices and exact candles from Coinbase’s trades."
        />
        <link rel="icon" href={asset("/favicon.svg")} type="image/svg+xml" />
        <link rel="apple-touch-icon" href={asset("/apple-touch-icon.png")} />
        <meta property="og:site_name" content="Spot Canvas" />
        <meta property="og:type" content="website" />
        {publicUrl !== null && (
          <>
            <meta property="og:image" content={`${publicUrl}/og.png`} />
            <meta property="og:image:width" content="1200" />
            <meta property="og:image:height" content="630" />
            <meta
              property="og:image:alt"
              content="Spot Canvas: live spot prices, exact candles, proven trade by trade"
            />
          </>
        )}
        <meta name="twitter:card" content="summary_large_image" />
        <link rel="preload" href={font} as="font" type="font/woff2" crossorigin="anonymous" />
        <style dangerouslySetInnerHTML={{ __html: fontFace(font) }} />
        <link rel="stylesheet" href={asset("/styles.css")} />
        <script type="module" src={asset("/site.js")} />
      </head>
      <body>
        <Component />
      </body>
    </html>
  );
});

// Here and not in the style sheet, so that the font's address has the build's key and is requested
// only once.
function fontFace(url: string): string {
  // A font that comes after the text was drawn is for the next page: with it, everything in this one would move.
  return `@font-face{font-family:Inter;src:url("${url}") format("woff2");font-weight:100 900;font-display:optional}`;
}
