import { scenario } from "../harness/scenario.ts";

Deno.test(
  "a connection cut for a moment costs no trade",
  scenario({}, async (it) => {
    await it.minutes(3);
    it.control({ command: "cut" });
    await it.minutes(4);
    await it.recovers();
    await it.agrees();
  }),
);
