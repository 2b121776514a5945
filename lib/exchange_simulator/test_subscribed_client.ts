import {
  type ExchangeSimulator,
  type FaultRates,
  type SimulatorOptions,
  startExchangeSimulator,
} from "./mod.ts";
import { openRawClient, type RawClient, sequenceNumbers, tradesOf } from "./test_raw_client.ts";

/** When the simulated time of these tests starts, in epoch milliseconds. */
export const START = Date.UTC(2026, 3, 7, 14, 30, 2);

/** A client of BTC-USD and heartbeats whose snapshot (frames 0 to 2) has arrived. */
export async function subscribed(
  test: (simulator: ExchangeSimulator, client: RawClient) => Promise<void>,
  options: SimulatorOptions = {},
): Promise<void> {
  await using simulator = await startExchangeSimulator({
    manual: true,
    clock: { startAt: START },
    historyHours: 0.05,
    tradesPerSecond: 100,
    ...options,
  });
  const client = await openRawClient(simulator.wsUrl);
  client.subscribe("market_trades", ["BTC-USD"]);
  client.subscribe("heartbeats");
  await client.until(({ sequence_num }) => sequence_num === 2);
  await test(simulator, client);
  await client.close();
}

/** Lets time pass under some faults, then a second without any, until its heartbeat is there. */
export async function pass(
  simulator: ExchangeSimulator,
  client: RawClient,
  rates: Partial<FaultRates>,
  ms = 10_000,
): Promise<void> {
  simulator.control({ command: "faults", rates });
  simulator.advance(ms);
  simulator.control({ command: "clearFaults" });
  await settle(simulator, client);
}

/** A last second without faults, until everything sent in it has arrived. */
export async function settle(simulator: ExchangeSimulator, client: RawClient): Promise<void> {
  simulator.advance(1000);
  const sent = simulator.stats.heartbeatsSent;
  await client.until(({ events }) =>
    Number(events?.[0]?.heartbeat_counter) === 3000 + (simulator.connectionIds.at(-1) ?? 0) + sent
  );
}

export function counts(simulator: ExchangeSimulator, name: string): number {
  return simulator.stats.faults[name] ?? 0;
}

export function jumps(client: RawClient): number {
  const numbers = sequenceNumbers(client);
  return numbers.filter((number, i) => i > 0 && number > (numbers[i - 1] ?? 0) + 1).length;
}

/** Ids of the truth's live trades that the client never got. */
export function missing(simulator: ExchangeSimulator, client: RawClient): string[] {
  const got = new Set(tradesOf(client).map((t) => t.trade_id));
  return [...simulator.truth.trades("BTC-USD", { from: START / 1000 })]
    .map((t) => t.tradeId).filter((id) => !got.has(id));
}
