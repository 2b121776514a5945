import type { Finding, Verdict } from "./assumption.ts";

const WORDS: Readonly<Record<Verdict, string>> = {
  holds: "holds",
  contradicted: "NO",
  "not seen": "not seen",
};

/** The findings as lines of a table; below it what contradicts. */
export function tableOf(findings: readonly Finding[]): readonly string[] {
  const width = Math.max(...findings.map(({ name }) => name.length));
  const seenWidth = Math.max(...findings.map(({ seen }) => seen.length), 4);
  const rows = findings.map(({ name, seen, verdict }) =>
    `${name.padEnd(width)}  ${seen.padEnd(seenWidth)}  ${WORDS[verdict]}`
  );
  const head = `${"assumption".padEnd(width)}  ${"seen".padEnd(seenWidth)}  verdict`;
  const contradictions = findings.filter(({ verdict }) => verdict === "contradicted")
    .flatMap(({ name, against }) => ["", `contradicted: ${name}`, ...against.map(indented)]);
  return [head, "-".repeat(head.length), ...rows, ...contradictions, "", summary(findings)];
}

function summary(findings: readonly Finding[]): string {
  const count = (verdict: Verdict) => findings.filter((one) => one.verdict === verdict).length;
  return `${findings.length} assumptions: ${count("holds")} hold, ${
    count("contradicted")
  } contradicted, ${count("not seen")} not seen`;
}

function indented(line: string): string {
  return `  ${line}`;
}
