import assert from "node:assert/strict";
import { clientProgram } from "./client_program.ts";
import { Firefox } from "./browser/firefox.ts";
import { launchBrowser } from "./browser/watched_page.ts";
import { until } from "./harness/wait.ts";
import { startShippedProxy } from "./proxy/shipped_proxy.ts";
import { withNats } from "./servers.ts";
import { SseReader } from "./sse_reader.ts";
import { WebInstance } from "./web_instance.ts";

/** Follows a stream with a program that prints the ids of what it has decoded, one a line. */
type Follow = (url: string, report: (id: string) => void) => Promise<() => Promise<void>>;

function withInstance(test: (instance: WebInstance) => Promise<void>): () => Promise<void> {
  return withNats(async ({ nats }) => {
    const instance = await WebInstance.start((await nats()).url, {
      streamCompression: true,
      corsOrigins: "*",
    });
    try {
      await test(instance);
    } finally {
      await instance.stop();
    }
  });
}

/**
 * Each candle must be there before the next one is published: nothing in between may collect them.
 */
async function followsOneByOne(
  instance: WebInstance,
  follow: Follow,
  url = instance.url,
): Promise<void> {
  const ids: string[] = [];
  const stop = await follow(url, (id) => ids.push(id));
  try {
    await until("a compressed stream", () => instance.hub.stats().compressed === 1);
    for (let n = 0; n < 5; n++) {
      const sequence = await instance.close(n);
      await until(`candle ${n}`, () => ids.at(-1) === `${sequence}`, { everyMs: 10 });
    }
    assert.equal(instance.hub.stats().compressed, 1, "the same stream still");
  } finally {
    await stop();
  }
}

function byProgram(
  program: () => Promise<string>,
  args: (url: string) => readonly string[],
): Follow {
  return async (url, report) => {
    const child = new Deno.Command(await program(), {
      args: [...args(url)],
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const reading = (async () => {
      let rest = "";
      for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
        const lines = (rest + text).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) {
          const [, id] = /^id: (\d+)$/.exec(line) ?? [];
          if (id !== undefined) report(id);
        }
      }
    })();
    return async () => {
      child.kill("SIGKILL");
      await Promise.all([child.status, reading]);
    };
  };
}

const NODE = `const { body } = await fetch(process.argv[1]);
for await (const bytes of body) process.stdout.write(bytes);`;
const PYTHON = `import sys, urllib.request, zlib
request = urllib.request.Request(sys.argv[1], headers={"accept-encoding": "gzip"})
answer = urllib.request.urlopen(request)
assert answer.headers["content-encoding"] == "gzip"
decoder = zlib.decompressobj(31)
while True:
    sys.stdout.buffer.write(decoder.decompress(answer.read1(65536)))
    sys.stdout.buffer.flush()`;

const PROGRAMS: Readonly<Record<string, Follow>> = {
  "curl over HTTP/1.1": byProgram(
    () => clientProgram("curl"),
    (url) => ["-sN", "--compressed", url],
  ),
  "curl over HTTP/2": byProgram(
    () => clientProgram("curl"),
    (url) => ["-sN", "--compressed", "--http2-prior-knowledge", url],
  ),
  "Node's fetch": byProgram(
    () => clientProgram("node"),
    (url) => ["--input-type=module", "-e", NODE, url],
  ),
  "Python's zlib": byProgram(() => clientProgram("python3"), (url) => ["-c", PYTHON, url]),
  async "Deno's fetch"(url, report) {
    const { body, headers } = await fetch(url);
    assert.match(headers.get("vary") ?? "", /accept-encoding/);
    assert.ok(body);
    const reader = new SseReader(body);
    const reading = reader.readUntil(({ lastEventId, events }) => {
      if (events.length > 0) report(lastEventId);
      return false;
    }).catch(() => {});
    return async () => {
      await reader.leave();
      await reading;
    };
  },
};

for (const [name, follow] of Object.entries(PROGRAMS)) {
  Deno.test(
    `stream compression - ${name} decodes a stream event by event`,
    withInstance((instance) => followsOneByOne(instance, follow)),
  );
}

for (const name of ["caddy", "nginx"] as const) {
  Deno.test(
    `stream compression - ${name} passes on each event of a compressed stream immediately`,
    withInstance(async (instance) => {
      const proxy = await startShippedProxy(name, instance.port);
      try {
        const { pathname, search } = new URL(instance.url);
        const curl = PROGRAMS["curl over HTTP/1.1"];
        assert.ok(curl);
        await followsOneByOne(instance, curl, proxy.url + pathname + search);
      } finally {
        await proxy.stop();
      }
    }),
  );
}

/** What runs in a page: a plain EventSource. */
function pageScript(url: string, report: string): string {
  return `const source = new EventSource(${JSON.stringify(url)});
source.addEventListener("candle", ({ lastEventId }) => { ${report} });`;
}

Deno.test(
  "stream compression - Chromium's EventSource decodes a stream event by event",
  withInstance(async (instance) => {
    const browser = await launchBrowser();
    try {
      await followsOneByOne(instance, async (url, report) => {
        const page = await browser.newPage();
        await page.exposeFunction("report", report);
        await page.addScriptTag({ content: pageScript(url, "report(lastEventId);") });
        return () => page.close();
      });
    } finally {
      await browser.close();
    }
  }),
);

Deno.test(
  "stream compression - Firefox's EventSource decodes a stream event by event",
  withInstance((instance) =>
    followsOneByOne(instance, async (url, report) => {
      const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
        const id = new URL(request.url).searchParams.get("id");
        if (id !== null) report(id);
        const script = pageScript(url, 'void fetch("/?id=" + lastEventId);');
        return new Response(`<!doctype html><title>Page</title><script>${script}</script>`, {
          headers: { "content-type": "text/html" },
        });
      });
      const firefox = await Firefox.open(`http://127.0.0.1:${server.addr.port}/`);
      return async () => {
        await firefox.close();
        await server.shutdown();
      };
    })
  ),
);

Deno.test(
  "stream compression - a client that does not accept it gets the stream uncompressed, and caches see that answers differ",
  withInstance(async (instance) => {
    for (const accepted of ["identity", "br, zstd", "gzip;q=0", "identity;q=1, gzip;q=0.5"]) {
      const response = await fetch(instance.url, { headers: { "accept-encoding": accepted } });
      assert.equal(response.headers.get("content-encoding"), null, accepted);
      assert.match(response.headers.get("vary") ?? "", /accept-encoding/);
      await response.body?.cancel();
    }
    await until("all have left", () => instance.hub.stats().clients === 0);
    assert.equal(instance.hub.stats().compressed, 0);
  }),
);
