import { strict as assert } from "node:assert";
import { startExchangeSimulator } from "../lib/exchange_simulator/mod.ts";
import { buildIfStale } from "../tasks/build_if_stale.ts";
import { AUTHORITY, CERTIFICATE, KEY, TlsFront } from "./authority/tls_front.ts";
import { AppProcess, freePort } from "./harness/app_process.ts";
import { configuredNats } from "./harness/nats_program.ts";
import { until } from "./harness/wait.ts";
import { newDirectory, withServers } from "./servers.ts";

Deno.test(
  "own authority - exchange, database and bus are trusted if DENO_CERT or the system's store has their authority",
  withServers(async ({ database, nats: plainNats }) => {
    await buildIfStale(() => {});
    const exchange = await startExchangeSimulator({ products: 3, historyHours: 1 });
    await using nats = await configuredNats(
      `jetstream { store_dir: STORE }\ntls { cert_file: "${CERTIFICATE}", key_file: "${KEY}" }`,
    );
    const plain = new URL(await database());
    using exchangeFront = await TlsFront.open(Number(new URL(exchange.restUrl).port));
    using databaseFront = await TlsFront.open(Number(plain.port));
    const secure = new URL(plain);
    secure.host = `localhost:${databaseFront.port}`;
    secure.search = "?sslmode=verify-full&sslnegotiation=direct";
    const at = (url: string) => {
      const { protocol, pathname } = new URL(url);
      const scheme = protocol === "ws:" ? "wss" : "https";
      return `${scheme}://localhost:${exchangeFront.port}${pathname.replace(/\/$/, "")}`;
    };
    const env = {
      DATABASE_URL: secure.href,
      NATS_URL: `tls://localhost:${new URL(`tls://${nats.host}`).port}`,
      EMBEDDED: "never",
      COINBASE_WS_URL: at(exchange.wsUrl),
      COINBASE_REST_URL: at(exchange.restUrl),
      BACKFILL_DAYS: "0",
      SIMULATED: "true",
      DATA_DIR: await newDirectory(),
    };
    const stores: readonly Readonly<Record<string, string>>[] = [
      { DENO_CERT: AUTHORITY },
      // What the system's store holds is what this names, where it is set.
      { DENO_TLS_CA_STORE: "system", SSL_CERT_FILE: AUTHORITY },
    ];
    try {
      await running(env, async (app) => {
        await until(
          "each part's refusal in the log",
          () =>
            ["store", "bus"].every((room) =>
              app.lines.some((line) => line.includes(`"${room}"`) && /certificate/i.test(line))
            ),
        );
      });
      const { url } = await plainNats();
      await running({ ...env, DATABASE_URL: plain.href, NATS_URL: url }, async (app) => {
        await until(
          "the exchange's refusal in the log",
          () => app.lines.some((line) => /exchange|feed/.test(line) && /UnknownIssuer/.test(line)),
        );
      });
      for (const store of stores) {
        await running({ ...env, ...store }, async (app) => {
          await app.whenReady();
          assert.ok(await app.metric("trades_total") >= 0);
          const { feed } = JSON.parse((await app.request("/readyz"))?.text ?? "{}");
          assert.equal(feed.state, "up", JSON.stringify(store));
        });
      }
    } finally {
      await exchange.close();
    }
  }),
);

async function running(
  env: Readonly<Record<string, string>>,
  test: (app: AppProcess) => Promise<void>,
): Promise<void> {
  const app = AppProcess.start(freePort(), env);
  try {
    await test(app);
  } catch (error) {
    console.log(app.lines.slice(-30).join("\n"));
    throw error;
  } finally {
    await app.kill();
  }
}
