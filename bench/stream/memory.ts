/**
 * Measures what a long-lived stream costs: `deno run -A bench/stream/memory.ts [--json]
 * [--events=1000000]`. Sends the events through one connection of a separate hub and prints the
 * server's memory during that.
 */
import { parseArgs } from "node:util";
import { moveToSecondCore } from "./process.ts";
import { MeasuredServer } from "./slices.ts";

/** The server's memory after a number of events. */
export interface MemoryAt {
  readonly events: number;
  readonly rssBytes: number;
  readonly heapUsedBytes: number;
}

const LOOKS = 10;
/** Small, so that nearly every event is a separate chunk. */
const BURST = 10;

/** Sends the events; memory is read once before and ten times during it. */
export async function benchMemory(events: number): Promise<MemoryAt[]> {
  const measured = await MeasuredServer.start("hub");
  const { server, load } = measured;
  const looks: MemoryAt[] = [];
  try {
    await measured.connect(1);
    const look = async () => {
      const { rssBytes, heapUsedBytes } = await server.usage();
      looks.push({ events: load.events, rssBytes, heapUsedBytes });
    };
    await look();
    for (let nth = 1; nth <= LOOKS; nth++) {
      while (load.events < events * nth / LOOKS) {
        const wanted = load.events + BURST;
        for (let sent = 0; sent < BURST; sent++) await server.publish(1);
        await load.received(wanted);
      }
      await look();
    }
    return looks;
  } finally {
    await measured.stop();
  }
}

function table(looks: readonly MemoryAt[]): string {
  const rows = looks.map(({ events, rssBytes, heapUsedBytes }) =>
    `${events}`.padStart(10) + (rssBytes / 2 ** 20).toFixed(1).padStart(14) +
    (heapUsedBytes / 2 ** 20).toFixed(1).padStart(14)
  );
  return [
    `${"events".padStart(10)}${"MB resident".padStart(14)}${"MB of heap".padStart(14)}`,
    ...rows,
  ]
    .join("\n");
}

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: { json: { type: "boolean" }, events: { type: "string", default: "1000000" } },
  });
  moveToSecondCore();
  const looks = await benchMemory(Number(values.events));
  console.log(values.json ? JSON.stringify(looks) : table(looks));
}
