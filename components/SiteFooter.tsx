/** What stands below every page. The attribution is the chart library's licence's wish. */
export function SiteFooter({ version }: { version: string }) {
  return (
    <footer class="site-footer">
      <div class="page">
        <span>Spot Canvas {version}</span>
        <span>All times UTC</span>
        <a class="quiet-link" href="/readyz">Health</a>
        <a class="quiet-link" href="/metrics">Metrics</a>
        <span class="sm:ml-auto">
          Charts by{" "}
          <a class="quiet-link" href="https://www.tradingview.com/" rel="noopener">
            TradingView Lightweight Charts™
          </a>
        </span>
      </div>
    </footer>
  );
}
