import { printedText } from "./printed_text.ts";
import { SITE_PAGES } from "./site_pages.ts";
import type { ThemeChoice } from "./theme.ts";
import { ThemeSwitch } from "./ThemeSwitch.tsx";

/** The pages that it links; the header and the API's page link the others. */
const LINKED = ["/status", "/docs", "/shortcuts", "/metrics"];

/** The footer of every page. The chart library's licence requires the attribution. */
export function SiteFooter(
  { version, theme, back, address, madeAtMs }: {
    version: string;
    theme: ThemeChoice;
    back: string;
    /** This page's address for its print; empty if it is an error's or long. Never with the request's host. */
    address: string;
    madeAtMs: number;
  },
) {
  return (
    <footer class="site-footer">
      <div class="page">
        <p class="printed" data-text={printedText(address, madeAtMs)} />
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
