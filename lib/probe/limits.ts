import { type Assumption, Tally } from "./assumption.ts";
import { type Answer, type Evidence, quoteAnswer } from "./evidence.ts";

/** What the product takes for "too fast": a status, or a firewall's page. */
export const LIMITS: readonly Assumption[] = [
  {
    name: "limits - requests at the product's own rate are served",
    check(evidence) {
      const tally = new Tally();
      for (const entry of evidence.entries) {
        if (entry.kind === "failure" && !isBurst(entry.purpose)) {
          tally.expect(false, () => `${entry.path}: ${entry.reason}`);
        }
      }
      for (const answer of evidence.answers) {
        if (isBurst(answer.purpose)) continue;
        const isServed = answer.status === 200 || answer.purpose === "unknown product";
        tally.expect(isServed && !isRefused(answer), () => quoteAnswer(answer));
      }
      return tally.outcome("requests", 2);
    },
  },
  {
    name: "limits - too many concurrent requests are refused with 429, or with a firewall's page",
    check(evidence) {
      const tally = new Tally();
      for (const answer of burst(evidence)) {
        if (answer.status === 200) continue;
        tally.expect(isRefused(answer), () => quoteAnswer(answer));
      }
      const served = burst(evidence).filter(({ status }) => status === 200).length;
      return tally.outcome(() =>
        `${tally.seen} of ${burst(evidence).length} refused, ${served} served`
      );
    },
  },
  {
    name: "limits - retry-after is absent, in seconds, or a date",
    check(evidence) {
      const tally = new Tally();
      for (const answer of evidence.answers.filter(isRefused)) {
        const text = answer.headers["retry-after"];
        tally.expect(
          text === undefined || /^\d{1,6}$/.test(text) || !Number.isNaN(Date.parse(text)),
          () => `retry-after ${JSON.stringify(text)}; ${quoteAnswer(answer)}`,
        );
      }
      return tally.outcome("refusals");
    },
  },
  {
    name: "limits - after the pause that a refusal sets, requests are served again",
    check(evidence) {
      const tally = new Tally();
      const after = evidence.answers.filter(({ purpose }) => purpose === "after burst");
      const [last] = after.slice(-1);
      if (last !== undefined) tally.expect(last.status === 200, () => quoteAnswer(last));
      return tally.outcome(() => `${after.length} requests`);
    },
  },
];

/** Whether an answer refuses a request since there were too many. */
export function isRefused({ status, headers }: Pick<Answer, "status" | "headers">): boolean {
  const isPage = /^text\/html\b/i.test(headers["content-type"] ?? "");
  return status === 429 || ((status === 401 || status === 403) && isPage);
}

function burst(evidence: Evidence): readonly Answer[] {
  return evidence.answers.filter(({ purpose }) => purpose === "burst");
}

function isBurst(purpose: string): boolean {
  return purpose === "burst" || purpose === "after burst";
}
