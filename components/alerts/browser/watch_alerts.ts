import { firingText } from "../../../lib/alerts/describe.ts";
import { ALERTS_KEY, AlertStore, FIRED_KEY } from "./alert_store.ts";
import { announce, showFiring } from "./announce.ts";
import { type AlertListener, judgeAlerts } from "./judge_alerts.ts";
import { inOneTab } from "./one_tab.ts";

let isWatching = false;

/**
 * Has this browser's alerts judged for as long as the page is open: in this tab, or in the one that does so already. Every
 * tab shows what happens. The state of the stream that they are judged by is passed on where this
 * tab has it.
 */
export function watchAlerts(onState: AlertListener["onState"] = () => {}): void {
  if (isWatching) return;
  isWatching = true;
  const store = new AlertStore(() => localStorage);
  let shown = new Set(store.firings().map(({ id }) => id));
  addEventListener("storage", ({ key }: StorageEvent) => {
    if (key !== FIRED_KEY && key !== null) return;
    const firings = store.firings();
    for (const { id, product, text } of firings.toReversed()) {
      if (!shown.has(id)) showFiring(product, text);
    }
    shown = new Set(firings.map(({ id }) => id));
  });
  const listener: AlertListener = {
    onFired(firing, isKept) {
      announce(firing);
      const { alert: { product, condition }, at } = firing;
      if (!isKept) showFiring(product, firingText(condition, at));
    },
    onState,
  };
  inOneTab(() => {
    let end = judgeAlerts(store, listener);
    let judged = conditionsOf(store);
    const change = ({ key }: StorageEvent) => {
      if (key !== ALERTS_KEY && key !== null) return;
      const next = conditionsOf(store);
      if (next === judged) return;
      judged = next;
      end();
      end = judgeAlerts(store, listener);
    };
    addEventListener("storage", change);
    return () => {
      removeEventListener("storage", change);
      end();
    };
  });
}

function conditionsOf(store: AlertStore): string {
  return JSON.stringify(store.alerts());
}
