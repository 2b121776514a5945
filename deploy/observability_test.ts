import assert from "node:assert/strict";
import { z } from "zod";
import { createMetrics } from "../lib/metrics/metrics.ts";

const DASHBOARD = z.object({
  panels: z.array(z.object({
    id: z.number(),
    title: z.string(),
    targets: z.array(z.object({ expr: z.string() })).optional(),
  })),
});

function read(path: string): Promise<string> {
  return Deno.readTextFile(new URL(path, import.meta.url));
}

/** Names as they are scraped, a histogram's three among them. */
async function scraped(): Promise<Set<string>> {
  const metrics = createMetrics();
  try {
    const types = (await metrics.text()).matchAll(/^# TYPE (\S+) (\S+)$/gm);
    return new Set(
      [...types].flatMap(([, name = "", type]) =>
        type === "histogram" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name]
      ),
    );
  } finally {
    metrics.close();
  }
}

function namedIn(text: string): string[] {
  return text.match(/\b(?:spot_canvas|process)_[a-z_]+(?=[{[) ]|$)/gm) ?? [];
}

Deno.test("observability - every metric that an alert reads is scraped", async () => {
  const known = await scraped();
  const alerts = (await read("prometheus/alerts.yml")).replaceAll(/^ +#.*$/gm, "");
  const named = namedIn(alerts);
  assert.ok(named.length > 20, `only ${named.length} metrics named`);
  assert.deepEqual(named.filter((name) => !known.has(name)), []);
});

Deno.test("observability - every metric that a panel shows is scraped, and every panel shows one", async () => {
  const known = await scraped();
  const { panels } = DASHBOARD.parse(JSON.parse(await read("grafana/spot_canvas.json")));
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  for (const { title, targets } of panels) {
    for (const { expr } of targets ?? []) {
      const named = namedIn(expr);
      assert.ok(named.length > 0, `${title}: ${expr}`);
      assert.deepEqual(named.filter((name) => !known.has(name)), [], title);
    }
  }
});

Deno.test("observability - every metric of what is refused, missing, lost, waits or is proven later has a panel", async () => {
  const panels = new Set(namedIn(await read("grafana/spot_canvas.json")));
  const wanted = [...await scraped()].filter((name) =>
    /refused|unavailable|waiting|dropped|drops|losses|unread|_cut_|repair|past_|audit/.test(name)
  );
  assert.ok(wanted.length > 18, wanted.join(" "));
  assert.deepEqual(wanted.filter((name) => !panels.has(name)), []);
});

Deno.test("observability - every alert is in the runbook, and the runbook has no other", async () => {
  const alerts = (await read("prometheus/alerts.yml")).matchAll(/^ +- alert: (\w+)$/gm);
  const sections = (await read("../docs/operating.md")).matchAll(/^### (SpotCanvas\w+)$/gm);
  const names = [...alerts].map(([, name]) => name);
  assert.ok(names.length > 10);
  assert.deepEqual([...sections].map(([, name]) => name), names);
});

Deno.test("observability - an alert leads to its own section of the runbook", async () => {
  const alerts = await read("prometheus/alerts.yml");
  for (const [, rule = "", url] of alerts.matchAll(/alert: (\w+)[\s\S]*?runbook_url: (\S+)/g)) {
    assert.equal(url, `docs/operating.md#${rule.toLowerCase()}`);
  }
});
