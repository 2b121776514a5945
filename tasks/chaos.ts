/**
 * `deno task test:chaos [--seeds=10] [--seconds=120] [--first=1]`: the chaos test, longer and with one seed after another;
 * stops at the first seed after which a candle is wrong, so that it can be run again.
 */
import { parseArgs } from "node:util";
import { runDeno } from "./deno_command.ts";
import { print } from "./print.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    seeds: { type: "string", default: "10" },
    seconds: { type: "string", default: "120" },
    first: { type: "string", default: "1" },
  },
});
const first = Number(values.first);
const count = Number(values.seeds);
for (let seed = first; seed < first + count; seed++) {
  print(`\nseed ${seed} (${seed - first + 1} of ${count})`);
  const env = { CHAOS_SEED: `${seed}`, CHAOS_SECONDS: `${values.seconds}` };
  if (await runDeno(["test", "-A", "--no-check", "tests/chaos_test.ts"], { env }) === 0) continue;
  print(`\nseed ${seed} failed: run it again with --first=${seed} --seeds=1`);
  Deno.exit(1);
}
print(`\n${count} seeds, all candles right`);
