import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { Listener } from "../lib/http/listener.ts";
import { TlsFiles, TlsFilesError } from "../lib/http/tls_files.ts";
import { FakeClock } from "../lib/time/fake_clock.ts";
import { buildIfStale } from "../tasks/build_if_stale.ts";
import { launchBrowser } from "./browser/watched_page.ts";
import { clientProgram } from "./client_program.ts";
import { AppProcess, freePort } from "./harness/app_process.ts";
import { until, within } from "./harness/wait.ts";
import { SseReader } from "./sse_reader.ts";

const CURL = await clientProgram("curl");
const OPENSSL = await clientProgram("openssl");
const HEALTHCHECK = fileURLToPath(new URL("../deploy/image/healthcheck.ts", import.meta.url));

/** A directory with certificates that sign themselves: `name.pem` and `name.key` for each name. */
async function withPairs(
  names: readonly string[],
  use: (directory: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "spot-canvas-tls-" });
  try {
    for (const name of names) {
      const { success } = await new Deno.Command(OPENSSL, {
        args: [
          "req",
          "-x509",
          "-newkey",
          "ec",
          "-pkeyopt",
          "ec_paramgen_curve:P-256",
          "-nodes",
          "-days",
          "30",
        ]
          .concat(["-subj", `/CN=${name}`, "-addext", "subjectAltName=IP:127.0.0.1"])
          .concat(["-keyout", `${directory}/${name}.key`, "-out", `${directory}/${name}.pem`]),
        stderr: "null",
      }).output();
      assert.ok(success, "openssl makes a certificate");
    }
    await use(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/**
 * What curl reports of a URL when it trusts one certificate alone: the protocol's version, or an
 * error.
 */
async function curl(url: string, trusted: string): Promise<string> {
  const { code, stdout } = await new Deno.Command(CURL, {
    args: [
      "-s",
      "-o",
      "/dev/null",
      "-w",
      "%{http_version}",
      "--max-time",
      "20",
      "--cacert",
      trusted,
      url,
    ],
  }).output();
  return code === 0 ? `HTTP/${new TextDecoder().decode(stdout)}` : `error ${code}`;
}

function filesIn(directory: string, cert: string, key = cert): TlsFiles {
  return new TlsFiles({ certFile: `${directory}/${cert}.pem`, keyFile: `${directory}/${key}.key` });
}

Deno.test("tls - new connections get a renewed certificate, and open streams continue", async () => {
  await withPairs(["a", "b"], async (directory) => {
    const show = async (name: string) => {
      await Deno.copyFile(`${directory}/${name}.pem`, `${directory}/shown.pem`);
      await Deno.copyFile(`${directory}/${name}.key`, `${directory}/shown.key`);
    };
    await show("a");
    const warnings: string[] = [];
    let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
    const listener = new Listener({
      serve: { port: 0, hostname: "127.0.0.1" },
      handler: ({ url }) =>
        new Response(
          url.endsWith("/stream")
            ? new ReadableStream({ start: (own) => void (controller = own) })
            : "ok",
        ),
      tls: filesIn(directory, "shown"),
      log: { info() {}, warn: (text, { trouble }) => warnings.push(`${text} ${trouble}`) },
    });
    const url = `https://127.0.0.1:${listener.addr.port}`;
    const [a, b] = [`${directory}/a.pem`, `${directory}/b.pem`];
    try {
      assert.deepEqual([await curl(url, a), await curl(url, b)], ["HTTP/2", "error 60"]);
      const following = new Deno.Command(CURL, {
        args: ["-sN", "--cacert", a, `${url}/stream`],
        stdout: "piped",
      }).spawn();
      const reader = new SseReader(following.stdout);
      await until("an open stream", () => controller !== undefined);
      await Deno.copyFile(`${directory}/b.pem`, `${directory}/shown.pem`);
      for (let look = 0; look < 3; look++) await listener.renew();
      assert.equal(await curl(url, a), "HTTP/2", "half a pair is not used");
      assert.deepEqual(warnings, [
        "the former certificate is still used: {trouble} TLS_KEY_FILE: it is not the key of TLS_CERT_FILE",
      ]);
      await show("b");
      await listener.renew();
      assert.deepEqual([await curl(url, a), await curl(url, b)], ["error 60", "HTTP/2"]);
      controller?.enqueue(new TextEncoder().encode("retry: 7\n\n"));
      await reader.readUntil(({ retryMs }) => retryMs === 7);
      controller?.close();
      await reader.readUntil(() => false);
      assert.equal((await following.status).code, 0);
    } finally {
      await listener.shutdown(1000);
    }
  });
});

Deno.test("tls - a port that another program takes during a renewal is reported, and does not hold up the end", async () => {
  await withPairs(["a", "b"], async (directory) => {
    const [cert, key] = [`${directory}/a.pem`, `${directory}/a.key`];
    const warnings: string[] = [];
    const clock = new FakeClock();
    const listener = new Listener({
      serve: { port: 0, hostname: "127.0.0.1" },
      handler: () => new Response("ok"),
      tls: filesIn(directory, "a"),
      log: { info() {}, warn: (text) => warnings.push(text) },
      clock,
    });
    const { port } = listener.addr;
    await Deno.copyFile(`${directory}/b.pem`, cert);
    await Deno.copyFile(`${directory}/b.key`, key);
    void listener.renew();
    const other = await until("the port", () => {
      try {
        return Deno.listen({ hostname: "127.0.0.1", port });
      } catch {
        return false;
      }
    });
    using _other = other;
    await clock.pass(2_000);
    assert.ok(warnings.length > 0);
    assert.deepEqual([...new Set(warnings)], ["the port cannot be served again: {error}"]);
    await within("the end", listener.shutdown(1000));
  });
});

Deno.test("tls - files that cannot be used are named, with what is wrong", async () => {
  await withPairs(["a", "b"], async (directory) => {
    await Deno.writeTextFile(`${directory}/empty.pem`, "nothing\n");
    await Deno.writeTextFile(`${directory}/empty.key`, "nothing\n");
    const wrong = (cert: string, key: string) => {
      try {
        filesIn(directory, cert, key).read();
      } catch (error) {
        assert.ok(error instanceof TlsFilesError);
        return error.message.replace(directory, "…");
      }
      return "nothing";
    };
    assert.equal(wrong("a", "a"), "nothing");
    assert.equal(wrong("none", "a"), "TLS_CERT_FILE: …/none.pem: there is no such file");
    assert.equal(wrong("a", "none"), "TLS_KEY_FILE: …/none.key: there is no such file");
    assert.equal(wrong("empty", "a"), "TLS_CERT_FILE: there is no PEM certificate in it");
    assert.equal(wrong("a", "empty"), "TLS_KEY_FILE: there is no PEM key in it that can be used");
    assert.equal(wrong("a", "b"), "TLS_KEY_FILE: it is not the key of TLS_CERT_FILE");
  });
});

Deno.test({
  name:
    "tls - the whole server speaks HTTPS, a browser HTTP/2 with it, and the image's check finds it well",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    await buildIfStale(() => {});
    await withPairs(["a"], async (directory) => {
      const port = freePort();
      const env = {
        // There is no server: pages report it, and are still served.
        DATABASE_URL: "postgres://127.0.0.1:1/none",
        NATS_URL: "nats://127.0.0.1:1",
        EMBEDDED: "never",
        DATA_DIR: `${directory}/data`,
        TLS_CERT_FILE: `${directory}/a.pem`,
        TLS_KEY_FILE: `${directory}/a.key`,
      };
      const url = `https://127.0.0.1:${port}/healthz`;
      const app = AppProcess.start(port, env);
      const browser = await launchBrowser();
      try {
        await until("the server", async () => await curl(url, `${directory}/a.pem`) === "HTTP/2");
        const address = `https://127.0.0.1:${port}`;
        await until("its line", () => app.lines.some((line) => line.includes(address)));
        const page = await browser.newPage({ ignoreHTTPSErrors: true });
        await page.goto(url);
        const protocol = "performance.getEntriesByType('navigation')[0].nextHopProtocol";
        assert.equal(await page.evaluate(protocol), "h2");
        const check = await new Deno.Command(Deno.execPath(), {
          args: ["run", "-A", HEALTHCHECK],
          env: { ...env, HOST: "127.0.0.1", PORT: `${port}` },
        }).output();
        assert.equal(check.code, 0);
      } finally {
        await browser.close();
        await app.terminate();
      }
      const wrong = AppProcess.start(freePort(), { ...env, TLS_KEY_FILE: `${directory}/none.key` });
      const { code, output } = await wrong.ended();
      assert.equal(code, 1);
      assert.match(output, /TLS_KEY_FILE: .*none\.key: there is no such file/);
      assert.doesNotMatch(output, /\n\s+at /);
    });
  },
});
