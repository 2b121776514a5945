import type { AppProcess } from "./app_process.ts";

interface Readiness {
  readonly repair: {
    readonly gapsOpen: number;
    readonly unseeded: number;
    readonly pages: Readonly<Record<"named" | "live" | "past", number>>;
  };
}

/** Whether an app has nothing left to walk: only new minutes close from now on. */
export async function isRepaired(app: AppProcess): Promise<boolean> {
  const answer = await app.request("/readyz");
  if (answer?.status !== 200) return false;
  const { repair: { gapsOpen, unseeded, pages } }: Readiness = JSON.parse(answer.text);
  return gapsOpen + unseeded + pages.named + pages.live + pages.past === 0;
}
