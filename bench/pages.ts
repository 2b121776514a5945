/**
 * Lighthouse's opinion of the two main pages, as on a phone: medians of five runs against the demo. Lighthouse is
 * fetched with npx for this alone. `--runs=3` for fewer.
 */
import { ensureChromium } from "../tests/browser/chromium.ts";
import { startDemoApp } from "../tests/browser/demo_app.ts";
import { median } from "./median.ts";

const LIGHTHOUSE = "lighthouse@13.5.0";
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"] as const;
const PATHS = ["/", "/products/BTC-USD"] as const;
/** A run that went wrong, as one in ten does on a busy machine, is done again. */
const TRIES = 3;

type Scores = Readonly<Record<string, number>>;

const runs = Number(Deno.args.find((arg) => arg.startsWith("--runs="))?.slice(7) ?? 5);
const isJson = Deno.args.includes("--json");
const chromium = await ensureChromium((line) => console.error(line));
const app = await startDemoApp();
try {
  for (const path of PATHS) {
    const scores: Scores[] = [];
    for (let run = 0; run < runs; run++) scores.push(await score(app.url + path));
    const medians = CATEGORIES.map((name) =>
      [name, Math.round(median(scores.map((one) => one[name] ?? 0)) * 100)] as const
    );
    console.log(
      isJson
        ? JSON.stringify({ bench: "pages", path, runs, ...Object.fromEntries(medians) })
        : `${path}: ${medians.map(([name, value]) => `${name} ${value}`).join(", ")}`,
    );
  }
} finally {
  await app.close();
}

/** One run's scores, 0 to 1. Throws with what Lighthouse said if it cannot be had. */
async function score(url: string): Promise<Scores> {
  let said = "";
  for (let tries = 0; tries < TRIES; tries++) {
    const { stdout, stderr } = await new Deno.Command("npx", {
      args: [
        "-y",
        LIGHTHOUSE,
        url,
        "--quiet",
        "--output=json",
        `--only-categories=${CATEGORIES.join(",")}`,
        "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
      ],
      env: { CHROME_PATH: chromium },
      stdout: "piped",
      stderr: "piped",
    }).output();
    const scores = read(new TextDecoder().decode(stdout));
    if (scores !== null) return scores;
    said = new TextDecoder().decode(stderr);
  }
  throw new Error(`Lighthouse gave no scores of ${url}:\n${said.slice(-1000)}`);
}

function read(report: string): Scores | null {
  try {
    const { categories } = JSON.parse(report);
    const scores = CATEGORIES.map((name) => [name, categories[name].score] as const);
    return scores.every(([, value]) => typeof value === "number")
      ? Object.fromEntries(scores)
      : null;
  } catch {
    return null;
  }
}
