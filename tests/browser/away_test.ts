import { scenario } from "../harness/scenario.ts";
import { check } from "./site.ts";
import { launchBrowser, watch } from "./watched_page.ts";

// Slow: pages are stale only after real seconds without the server, which is then started again.

check(
  "server away - pages report it when it goes, and resume when it is back",
  scenario({}, async (it) => {
    const browser = await launchBrowser();
    try {
      const { page } = await watch(browser, `${it.app.url}/products/BTC-USD`);
      const operator = await watch(browser, `${it.app.url}/status`);
      await page.locator(".connection[data-state=live]").waitFor();
      await operator.page.locator(".verdict[data-well=yes]").waitFor();
      await it.app.terminate();
      await page.locator(".connection[data-state=reconnecting]").waitFor();
      await page.locator(".connection[data-state=stale]:has-text('Stale since')").waitFor();
      await operator.page.locator(".verdict:text('The server does not answer')").waitFor();
      await it.startApp().whenReady();
      await page.locator(".connection[data-state=live]").waitFor({ timeout: 60_000 });
      await operator.page.locator(".verdict[data-well=yes]").waitFor();
    } finally {
      await browser.close();
    }
  }),
);
