/**
 * The pages: what a first visit of those with charts or prices loads, and Lighthouse's opinion of all of them, as on a
 * phone and on a desk, medians of five runs against the demo. `--runs=3` for fewer, `--runs=0` for none. Then the HTML of a dashboard of 500 products.
 */
import { get } from "node:http";
import { ensureChromium } from "../tests/browser/chromium.ts";
import { startDemoApp } from "../tests/browser/demo_app.ts";
import { scriptSizes } from "../tests/browser/script_sizes.ts";
import { launchBrowser } from "../tests/browser/watched_page.ts";
import { until } from "../tests/harness/wait.ts";
import { CATEGORIES, DEVICES, lighthouse, type Scores } from "./lighthouse.ts";
import { median } from "./quantile.ts";

const LIVE_PATHS = ["/", "/products/BTC-USD", "/workspace"] as const;
const PATHS = [...LIVE_PATHS, "/alerts", "/status", "/shortcuts"] as const;
const MOST_PRODUCTS = 500;
/** The simulated exchange's past takes a while to fetch for that many products. */
const TIMEOUT_MS = 300_000;

const runs = Number(Deno.args.find((arg) => arg.startsWith("--runs="))?.slice(7) ?? 5);
const isJson = Deno.args.includes("--json");
const chromium = await ensureChromium((line) => console.error(line));
await withDemo({}, async (url) => {
  const browser = await launchBrowser();
  for (const path of LIVE_PATHS) {
    const { first, library } = await scriptSizes(browser, url + path);
    print(path, {
      first_scripts_bytes: first,
      chart_library_bytes: library,
      ...await htmlBytes(url + path),
    });
  }
  await browser.close();
  if (runs === 0) return;
  for (const path of PATHS) {
    for (const device of DEVICES) {
      const scores: Scores[] = [];
      for (let run = 0; run < runs; run++) {
        scores.push(await lighthouse(url + path, chromium, device));
      }
      print(
        `${path} on a ${device}`,
        Object.fromEntries(
          CATEGORIES.map((name) =>
            [name, Math.round(median(scores.map((one) => one[name] ?? 0)) * 100)] as const
          ),
        ),
      );
    }
  }
});
await withDemo({ DEMO_PRODUCTS: `${MOST_PRODUCTS}` }, async (url) => {
  await until("every product's line", async () => {
    const html = await fetch(url).then((answer) => answer.text());
    return (html.match(/<path d="M0 /g)?.length ?? 0) >= MOST_PRODUCTS * 0.95;
  }, { timeoutMs: TIMEOUT_MS, everyMs: 1000 });
  print(`/ of ${MOST_PRODUCTS} products`, await htmlBytes(url));
});

async function withDemo(
  env: Readonly<Record<string, string>>,
  use: (url: string) => Promise<void>,
): Promise<void> {
  const app = await startDemoApp(env);
  try {
    await use(app.url);
  } finally {
    await app.close();
  }
}

/** A page's bytes as they go over the wire: to a browser, and to one that knows only gzip. */
async function htmlBytes(url: string) {
  return {
    html_brotli_bytes: await servedBytes(url, "gzip, br"),
    html_gzip_bytes: await servedBytes(url, "gzip"),
  };
}

function servedBytes(url: string, encodings: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { "accept-encoding": encodings } }, (answer) => {
      let bytes = 0;
      answer.on("data", (chunk: Uint8Array) => bytes += chunk.length);
      answer.on("end", () => resolve(bytes));
    }).on("error", reject);
  });
}

function print(path: string, figures: Readonly<Record<string, number>>): void {
  console.log(
    isJson
      ? JSON.stringify({ bench: "pages", path, runs, ...figures })
      : `${path}: ${Object.entries(figures).map(([name, value]) => `${name} ${value}`).join(", ")}`,
  );
}
