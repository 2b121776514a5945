import type { ThemeChoice } from "./theme.ts";
import { ThemeSwitch } from "./ThemeSwitch.tsx";

/** What stands below every page. The attribution is the chart library's licence's wish. */
export function SiteFooter(
  { version, theme, back }: { version: string; theme: ThemeChoice; back: string },
) {
  return (
    <footer class="site-footer">
      <div class="page">
        <span>Spot Canvas {version}</span>
        <span>All times UTC</span>
        <a class="quiet-link" href="/status">Status</a>
        <a class="quiet-link" href="/docs">API</a>
        <a class="quiet-link" href="/metrics">Metrics</a>
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
