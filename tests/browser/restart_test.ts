import assert from "node:assert/strict";
import * as esbuild from "esbuild";
import { fileURLToPath } from "node:url";
import { openBus } from "../../lib/bus/bus.ts";
import { until } from "../harness/wait.ts";
import { HeldFront } from "../held_front.ts";
import { minute } from "../hub_set_up.ts";
import { publishClosed } from "../publish_closed.ts";
import { withNats } from "../servers.ts";
import { PATH, SILENT, WebInstance } from "../web_instance.ts";
import { Firefox } from "./firefox.ts";
import { check } from "./site.ts";
import { launchBrowser } from "./watched_page.ts";

/** Opens a page. Returns how to close it. */
type OpenPage = (url: string) => Promise<() => Promise<void>>;

const BROWSERS: Readonly<Record<string, OpenPage>> = {
  async Chromium(url) {
    const browser = await launchBrowser();
    await (await browser.newPage()).goto(url);
    return () => browser.close();
  },
  async Firefox(url) {
    const firefox = await Firefox.open(url);
    return () => firefox.close();
  },
};
/** Each client, and whether it needs a front that answers while the server is down: on a foreign page Firefox' own does. */
const CLIENTS = [["EventSource", true], ["fetch-event-source", true], [
  "followCandles",
  false,
]] as const;

/** A Firefox with a new profile takes half a minute to start where every core is taken. */
const BROWSER_START_MS = 120_000;

const SCRIPT = await pageScript();

for (const [browser, openPage] of Object.entries(BROWSERS)) {
  for (const [client, needsFront] of CLIENTS) {
    check(
      `restart - ${client} in ${browser}, on a foreign page, misses nothing over a restart of the server`,
      withNats(async ({ nats }) => {
        const { url } = await nats();
        let instance = await WebInstance.start(url, { corsOrigins: "*" });
        const { port } = instance;
        const front = new HeldFront(port);
        const ids: number[] = [];
        const server = servePage((id) => ids.push(id));
        const origin = needsFront ? front.url : `http://127.0.0.1:${port}`;
        const query = new URLSearchParams({ client, stream: origin + PATH });
        const close = await openPage(`http://127.0.0.1:${server.addr.port}/?${query}`);
        try {
          await until("an open stream", () => instance.hub.stats().clients === 1, {
            timeoutMs: BROWSER_START_MS,
          });
          const sent = [await instance.close(0), await instance.close(1)];
          await until("two closed candles", () => ids.length === 2);
          await instance.stop();
          const meanwhile = await openBus({ servers: [url], replicas: 1, log: SILENT });
          sent.push(...await publishClosed(meanwhile, minute(2), minute(3), minute(4)));
          await meanwhile.close();
          instance = await WebInstance.start(url, { port, corsOrigins: "*" });
          await until("what closed in between", () => ids.length === 5);
          sent.push(await instance.close(5));
          await until("what closed after that", () => ids.length === 6);
          // Our own reports what it got by its time.
          assert.deepEqual(ids, needsFront ? sent : sent.map((_, n) => minute(n).start));
        } finally {
          await close();
          await front.close();
          await instance.stop();
          await server.shutdown();
        }
      }),
    );
  }
}

function servePage(report: (id: number) => void): Deno.HttpServer<Deno.NetAddr> {
  const html =
    '<!doctype html><meta charset="utf-8"><script type="module" src="/page.js"></script>';
  return Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/page.js") {
      return new Response(SCRIPT, { headers: { "content-type": "text/javascript" } });
    }
    if (pathname !== "/heard") {
      return new Response(html, { headers: { "content-type": "text/html" } });
    }
    report(Number(await request.text()));
    return new Response(null, { status: 204 });
  });
}

async function pageScript(): Promise<string> {
  const entry = fileURLToPath(new URL("page_clients.ts", import.meta.url));
  const { outputFiles } = await esbuild.build({
    entryPoints: [entry],
    bundle: true,
    format: "esm",
    write: false,
  });
  await esbuild.stop();
  return outputFiles[0]?.text ?? "";
}
