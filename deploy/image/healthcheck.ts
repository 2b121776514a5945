/**
 * `deno run -A healthcheck.ts [--end-hung=SECONDS]`: exits with 0 if the server of this container answers, with 1 if it
 * did not within several attempts. With `--end-hung` a server that has been up for so long, and no longer answers, is
 * killed: the container ends, and its restart policy starts it again. Engines themselves leave an unhealthy container
 * alone. That needs an init process in the container (`init: true`), since nobody inside can kill process 1.
 *
 * It imports nothing but Node's own: the image has it as a single file.
 */
import { get as getSecurely } from "node:https";

const ATTEMPTS = 4;
/** Timeout of each attempt, and the pause between two. */
const TIMEOUT_MS = 5000;
const PAUSE_MS = 2500;
/** Of /proc's times, on every Linux that Deno runs on. */
const TICKS_PER_SECOND = 100;

/** The certificate is not checked, since it is for the name that clients use. */
function answersSecurely(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const options = { rejectUnauthorized: false, timeout: TIMEOUT_MS };
    getSecurely(url, options, ({ statusCode }) => resolve(statusCode === 200))
      .on("timeout", () => resolve(false))
      .on("error", () => resolve(false));
  });
}

async function answers(url: string): Promise<boolean> {
  if (url.startsWith("https:")) return await answersSecurely(url);
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}

async function answersInTime(url: string): Promise<boolean> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    if (await answers(url)) return true;
    if (attempt < ATTEMPTS) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return false;
}

/** Deno as a child of process 1 that has run for so long: the server, if the container has an init. */
async function serversOlderThan(seconds: number): Promise<number[]> {
  const [uptime = "0"] = (await Deno.readTextFile("/proc/uptime")).split(" ");
  const older: number[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name) || Number(name) === Deno.pid) continue;
    const stat = await Deno.readTextFile(`/proc/${name}/stat`).catch(() => "");
    const [, program, rest = ""] = /^\d+ \((.*)\) (.*)$/s.exec(stat) ?? [];
    const fields = rest.split(" ");
    const ageSeconds = Number(uptime) - Number(fields[19]) / TICKS_PER_SECOND;
    if (program === "deno" && fields[1] === "1" && ageSeconds > seconds) older.push(Number(name));
  }
  return older;
}

/** Also writes to the container's own log, since the engine keeps a check's output elsewhere. */
async function report(line: string): Promise<void> {
  console.log(line);
  await Deno.writeTextFile("/proc/1/fd/1", `${line}\n`, { create: false }).catch(() => {});
}

const host = Deno.env.get("HOST") ?? "0.0.0.0";
const address = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
const authority = address.includes(":") ? `[${address}]` : address;
const scheme = Deno.env.get("TLS_CERT_FILE") ? "https" : "http";
const healthy = await answersInTime(
  `${scheme}://${authority}:${Deno.env.get("PORT") ?? 8000}/healthz`,
);
const [, endAfter] = /^--end-hung=(\d+)$/.exec(Deno.args[0] ?? "") ?? [];
if (!healthy && endAfter !== undefined) {
  for (const pid of await serversOlderThan(Number(endAfter))) {
    await report(`healthcheck: process ${pid} has not answered ${ATTEMPTS} times; it is killed`);
    Deno.kill(pid, "SIGKILL");
  }
}
Deno.exit(healthy ? 0 : 1);
