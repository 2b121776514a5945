import { SITE_PAGES } from "./site_pages.ts";
import type { ThemeChoice } from "./theme.ts";
import { ThemeSwitch } from "./ThemeSwitch.tsx";

/** The pages that it leads to; the header and the API's page have the others. */
const LINKED = ["/status", "/docs", "/shortcuts", "/metrics"];

/** What stands below every page. The attribution is the chart library's licence's wish. */
export function SiteFooter(
  { version, theme, back }: { version: string; theme: ThemeChoice; back: string },
) {
  return (
    <footer class="site-footer">
      <div class="page">
        <span>Spot Canvas {version}</span>
        <span>All times UTC</span>
        {SITE_PAGES.filter(({ href }) => LINKED.includes(href)).map(({ href, title }) => (
          <a key={href} class="quiet-link" href={href}>{title}</a>
        ))}
        <span class="sm:ml-auto">
          Charts by{" "}
          <a class="quiet-link" href="https://www.tradingview.com/" rel="noopener">
            TradingView Lightweight Charts™
          </a>
        </span>
        <ThemeSwitch choice={theme} back={back} class="mt-2 sm:hidden" />
      </div>
    </footer>
  );
}
