import { watchAlerts } from "./watch_alerts.ts";

// Whoever imports it has this browser's alerts watched: a page's first scripts have no room for a call.
watchAlerts();
