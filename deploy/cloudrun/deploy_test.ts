import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("deploy.sh", import.meta.url));
const WHERE = { PROJECT: "my-project", REGION: "us-east4" };

/** A dry run, from a folder that is not a repository. */
async function dryRun(
  env: Readonly<Record<string, string>>,
): Promise<{ code: number; out: string; complaint: string }> {
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: [SCRIPT, "--dry-run"],
    cwd: "/",
    env: { PATH: Deno.env.get("PATH") ?? "", ...env },
    clearEnv: true,
  }).output();
  const [out, complaint] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out: out ?? "", complaint: complaint ?? "" };
}

function commands(out: string): string[] {
  return [...out.matchAll(/^\+ gcloud --quiet --project my-project (.+)$/gm)]
    .map(([, command = ""]) => command.replace(/\/\S+\/|--region .*$|--tag .*$/g, "").trim());
}

Deno.test("Cloud Run - a deployment builds, migrates, and replaces every shard before the web service", async () => {
  const { code, out } = await dryRun({ ...WHERE, SHARD_COUNT: "2", TAG: "" });
  assert.equal(code, 0);
  assert.deepEqual(commands(out), [
    "builds submit",
    "run jobs replace migrate.yaml",
    "run jobs execute spot-canvas-migrate",
    "run services replace ingest-0.yaml",
    "run services replace ingest-1.yaml",
    "run services replace web.yaml",
    "run services add-iam-policy-binding spot-canvas",
  ]);
  assert.equal(out.match(/value: "4\.00"$/gm)?.length, 2, "the exchange's requests are divided");
});

Deno.test("Cloud Run - going back to an older image does not build today's source under its name", async () => {
  const { out } = await dryRun({ ...WHERE, TAG: "0123abc" });
  assert.ok(!commands(out).includes("builds submit"), out);
  const images = [...out.matchAll(/image: (\S+)/g)].map(([, image]) => image);
  const older = "us-east4-docker.pkg.dev/my-project/spot-canvas/spot-canvas:0123abc";
  assert.deepEqual(images, [older, older, older]);
});

Deno.test("Cloud Run - the files name a Cloud SQL instance only where there is one", async () => {
  const instance = "my-project:us-east4:spot-canvas";
  const withOne = await dryRun({ ...WHERE, TAG: "a", CLOUDSQL_INSTANCE: instance });
  assert.equal(withOne.out.split(`cloudsql-instances: "${instance}"`).length - 1, 3);
  const without = await dryRun({ ...WHERE, TAG: "a" });
  assert.ok(!without.out.includes("cloudsql"));
});

Deno.test("Cloud Run - the file of webhooks is mounted in each ingest service, where there is one", async () => {
  const withOne = await dryRun({ ...WHERE, TAG: "a", SHARD_COUNT: "2", WEBHOOKS_SECRET: "hooks" });
  assert.equal(withOne.code, 0);
  const text = withOne.out.replaceAll(" # webhooks", "");
  const path = /name: WEBHOOKS_FILE\n\s+value: (\S+)/.exec(text)?.[1];
  const folder = /mountPath: (\S+)/.exec(text)?.[1];
  const file = /secretName: hooks\n\s+items:\n\s+- key: latest\n\s+path: (\S+)/.exec(text)?.[1];
  assert.equal(path, `${folder}/${file}`);
  assert.equal(text.match(/secretName: hooks/g)?.length, 2);
  const without = await dryRun({ ...WHERE, TAG: "a" });
  assert.ok(!/webhooks|volumes/i.test(without.out), without.out);
});

Deno.test("Cloud Run - a variable that cannot be used is named before anything is done", async () => {
  const bad: readonly (readonly [string, string])[] = [
    ["SHARD_COUNT", "0"],
    ["SHARD_COUNT", "two"],
    ["REST_RPS", "many"],
    ["NATS_REPLICAS", "6"],
    ["WEB_MIN", "-1"],
    ["WEB_MIN", "11"],
    ["WEB_MAX", "0"],
    ["CLOUDSQL_INSTANCE", "spot-canvas"],
    ["WEBHOOKS_SECRET", "a: b"],
    ["NETWORK", 'a","b'],
    ["SUBNETWORK", "a b"],
  ];
  for (const [name, value] of bad) {
    const { code, out, complaint } = await dryRun({ ...WHERE, TAG: "a", [name]: value });
    assert.equal(code, 2, `${name}=${value}`);
    assert.equal(out, "");
    assert.ok(complaint.startsWith(`${name}: `) && complaint.includes(value), complaint);
  }
  for (const name of ["PROJECT", "REGION"] as const) {
    const { code, complaint } = await dryRun({ ...WHERE, [name]: "" });
    assert.notEqual(code, 0);
    assert.match(complaint, new RegExp(`${name}: `));
  }
});
