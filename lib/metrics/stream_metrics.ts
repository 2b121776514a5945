import { Counter, Gauge, type Registry } from "prom-client";
import type { HubStats } from "../stream/hub_options.ts";

type Labelled = Readonly<Record<string, number>>;

/** The hub's counters: name, help and value. */
const COUNTERS: readonly [name: string, help: string, of: (stats: HubStats) => number][] = [
  ["events", "Updates taken from the bus.", (stats) => stats.events],
  ["frames_sent", "Event frames sent to clients.", (stats) => stats.framesSent],
  ["sent_bytes", "Bytes sent to clients.", (stats) => stats.bytesSent],
  [
    "coalesced",
    "Live values of lagging clients replaced by newer ones.",
    (stats) => stats.coalesced,
  ],
  ["heartbeats", "Comments sent to idle clients.", (stats) => stats.heartbeats],
  ["stale", "Updates not sent, since a later state was known.", (stats) => stats.stale],
  ["malformed", "Messages that were not a candle.", (stats) => stats.malformed],
  ["opened", "Streams opened.", (stats) => stats.opened],
  ["left", "Streams ended by their reader.", (stats) => stats.left],
  ["gaps", "Jumps in the bus' sequence.", (stats) => stats.gaps],
  ["gap_candles_fetched", "Closed candles fetched over a jump.", (stats) => stats.fetched],
  ["duplicates", "Closed candles that came twice.", (stats) => stats.duplicates],
];

const COUNTERS_BY: readonly [
  name: string,
  help: string,
  label: string,
  of: (stats: HubStats) => Labelled,
][] = [
  ["drops", "Clients cut off by the hub.", "reason", (stats) => ({ ...stats.dropped })],
  ["refused", "Streams not opened.", "reason", (stats) => ({ ...stats.refused })],
  ["resets", "Clients that were sent a reset.", "reason", (stats) => ({ ...stats.resets })],
  ["resumes", "Streams that resumed from an id, by where it was looked up.", "source", (stats) => ({
    memory: stats.resumedFromMemory,
    history: stats.resumedFromHistory,
  })],
];

const GAUGES: readonly [name: string, help: string, of: (stats: HubStats) => number][] = [
  ["clients", "Event-stream clients connected now.", (stats) => stats.clients],
  ["clients_lagging", "Clients that read too slowly now.", (stats) => stats.lagging],
  [
    "clients_resuming",
    "Clients that still lack events which the hub has sent.",
    (stats) => stats.resuming,
  ],
  ["clients_compressed", "Clients whose streams are compressed.", (stats) => stats.compressed],
  ["subscriptions", "Different subscriptions open now.", (stats) => stats.groups],
];

/** Registers the streams' metrics. Returns a function that copies the hub's numbers, before each scrape. */
export function addStreamMetrics(registry: Registry, prefix: string): (stats: HubStats) => void {
  const registers = [registry];
  const takers = [
    ...COUNTERS.map(([name, help, of]) => {
      const counter = new Counter({ name: `${prefix}stream_${name}_total`, help, registers });
      return (stats: HubStats) => {
        counter.reset();
        counter.inc(of(stats));
      };
    }),
    ...COUNTERS_BY.map(([name, help, label, of]) => {
      const labelNames = [label];
      const counter = new Counter({
        name: `${prefix}stream_${name}_total`,
        help,
        labelNames,
        registers,
      });
      return (stats: HubStats) => {
        counter.reset();
        for (const [value, count] of Object.entries(of(stats))) {
          counter.inc({ [label]: value }, count);
        }
      };
    }),
    ...GAUGES.map(([name, help, of]) => {
      const gauge = new Gauge({ name: `${prefix}stream_${name}`, help, registers });
      return (stats: HubStats) => gauge.set(of(stats));
    }),
  ];
  return (stats) => {
    for (const take of takers) take(stats);
  };
}
