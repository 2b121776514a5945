import type { Status } from "../../app.ts";
import ConnectionBadge from "../../islands/ConnectionBadge.tsx";
import { Brand } from "./Brand.tsx";
import { Icon } from "./Icon.tsx";
import { ThemeSwitch } from "./ThemeSwitch.tsx";
import type { ThemeChoice } from "./theme.ts";

/** The header of every page: navigation, freshness of the data, theme. */
export function SiteHeader(
  { status, theme, back, madeAtMs }: {
    status: Status;
    theme: ThemeChoice;
    /** Path and query of this page. */
    back: string;
    madeAtMs: number;
  },
) {
  return (
    <header class="site-header">
      <div class="page">
        <a class="brand" href="/" aria-label="Spot Canvas, all markets">
          <Brand />
          <span class="max-sm:hidden">Spot Canvas</span>
        </a>
        <nav class="site-nav" aria-label="Pages">
          <a href="/workspace" aria-label="Workspace">
            <Icon path="M2 2h12v12H2zM8 2v12M2 8h12" class="md:hidden" />
            <span class="max-md:hidden">Workspace</span>
          </a>
          <a href="/alerts" aria-label="Alerts">
            <Icon
              path="M3.5 11.5h9l-1.2-1.8V7a3.3 3.3 0 0 0-6.6 0v2.7zM6.7 13.7h2.6"
              class="md:hidden"
            />
            <span class="max-md:hidden">Alerts</span>
          </a>
        </nav>
        <span class="grow" />
        <button
          type="button"
          class="palette-button"
          aria-label="Go to a product, page or setting"
          aria-keyshortcuts="/ Control+K Meta+K"
        >
          <Icon path="M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM10.3 10.3 14 14" />
          <span class="max-lg:hidden">
            Go to <kbd>/</kbd>
          </span>
        </button>
        {status.simulated && (
          <span class="simulated" title="Prices come from a simulated exchange, not from Coinbase">
            Sim<span class="max-[28rem]:hidden">ulated</span>
          </span>
        )}
        <ConnectionBadge feedUp={status.feed.state === "up"} madeAtMs={madeAtMs} />
        <ThemeSwitch choice={theme} back={back} class="max-sm:hidden" />
      </div>
    </header>
  );
}
