/**
 * Chaos seed after seed: `deno run -A tests/faults/chaos_long.ts [rounds] [first seed] [seconds of havoc a round]`. Each
 * round is `tests/chaos_test.ts` on servers of its own; it goes on after a failure and ends with 1 if there was any.
 */
import { fileURLToPath } from "node:url";

const [rounds = 20, firstSeed = Math.floor(Math.random() * 1e6), seconds = 60] = Deno.args.map(
  Number,
);
const test = fileURLToPath(new URL("../chaos_test.ts", import.meta.url));
const failed: number[] = [];

for (let seed = firstSeed; seed < firstSeed + rounds; seed++) {
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", test],
    env: { CHAOS_SEED: String(seed), CHAOS_SECONDS: String(seconds) },
  }).spawn().status;
  if (code !== 0) failed.push(seed);
}
console.log(
  `${
    rounds - failed.length
  } of ${rounds} rounds from seed ${firstSeed} on ended with every candle right` +
    (failed.length > 0 ? `; not those of ${failed.join(", ")}` : ""),
);
Deno.exit(failed.length > 0 ? 1 : 0);
