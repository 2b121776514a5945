import assert from "node:assert/strict";
import { AppProcess, freePort } from "./harness/app_process.ts";
import { until } from "./harness/wait.ts";
import { withServers } from "./servers.ts";

const WRONG = "not-the-pass-word";

function withWrongPassword(text: string): string {
  const url = new URL(text);
  url.password = WRONG;
  return url.href;
}

Deno.test(
  "refused - servers that refuse the password are named by /readyz and the log, and the password nowhere",
  withServers(async ({ database, nats }) => {
    const databaseUrl = await database();
    const { url: natsUrl } = await nats();
    const app = AppProcess.start(freePort(), {
      DATABASE_URL: withWrongPassword(databaseUrl),
      NATS_URL: withWrongPassword(natsUrl),
      EMBEDDED: "never",
      COINBASE_WS_URL: "ws://127.0.0.1:1",
      COINBASE_REST_URL: "http://127.0.0.1:1",
      LOG_LEVEL: "debug",
    });
    try {
      const texts: string[] = [];
      await until("both refusals", async () => {
        const answer = await app.request("/readyz");
        if (answer === null) return false;
        assert.equal(answer.status, 503);
        texts.push(answer.text);
        const { bus, store } = JSON.parse(answer.text);
        return /Authorization Violation/.test(bus.detail) && bus.state === "down" &&
          /password authentication failed/.test(store.detail) && store.state === "down";
      });
      for (const path of ["/", "/status", "/metrics", "/healthz", "/products/BTC-USD"]) {
        texts.push((await app.request(path))?.text ?? "");
      }
      const { code } = await app.terminate();
      assert.equal(code, 0);
      texts.push(...app.lines);
      assert.match(app.lines.join("\n"), /Authorization Violation/);
      const own = [WRONG, new URL(databaseUrl).password, new URL(natsUrl).password];
      for (const secret of own) {
        assert.ok(secret.length > 8);
        assert.deepEqual(texts.filter((text) => text.includes(secret)), []);
      }
    } finally {
      await app.kill();
    }
  }),
);
