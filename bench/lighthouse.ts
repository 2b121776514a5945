const LIGHTHOUSE = "lighthouse@13.5.0";
export const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"] as const;
/** The simulated devices: a phone on a slow network, or a desktop computer. */
export const DEVICES = ["phone", "desktop"] as const;
/** A run that went wrong, as one in ten does on a busy machine, is done again. */
const TRIES = 3;

/** Lighthouse's scores of a page by category, 0 to 1. */
export type Scores = Readonly<Record<string, number>>;

/**
 * One run of Lighthouse; it is fetched with npx for this alone. Throws with Lighthouse's error
 * output if it gives no scores.
 */
export async function lighthouse(
  url: string,
  chromium: string,
  device: (typeof DEVICES)[number],
): Promise<Scores> {
  let output = "";
  for (let tries = 0; tries < TRIES; tries++) {
    const { stdout, stderr } = await new Deno.Command("npx", {
      args: [
        "-y",
        LIGHTHOUSE,
        url,
        "--quiet",
        ...(device === "desktop" ? ["--preset=desktop"] : []),
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
    output = new TextDecoder().decode(stderr);
  }
  throw new Error(`Lighthouse gave no scores of ${url}:\n${output.slice(-1000)}`);
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
