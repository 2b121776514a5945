/** A page with a fixed address. */
export interface SitePage {
  readonly href: string;
  readonly title: string;
  readonly about: string;
}

/** The pages with a fixed address: the palette lists all of them, the footer some. */
export const SITE_PAGES: readonly SitePage[] = [
  { href: "/", title: "Markets", about: "All products, live" },
  { href: "/workspace", title: "Workspace", about: "One to nine charts side by side" },
  { href: "/alerts", title: "Alerts", about: "Be notified of prices and indicators" },
  { href: "/status", title: "Status", about: "State of the server and its feed" },
  { href: "/docs", title: "API", about: "How to get candles, live and historical" },
  { href: "/shortcuts", title: "Keyboard shortcuts", about: "Every key of every page" },
  { href: "/examples/datastar", title: "Datastar example", about: "Charts drawn by the server" },
  { href: "/metrics", title: "Metrics", about: "For Prometheus" },
];
