/**
 * Measures what a trade, an event and a row cost as products, clients, keys and days grow: `deno
 * run -A bench/growth/growth.ts [--curve=products,total,clients,keys,days,page] [--json]`. Prints
 * each curve with its slopes: 0 is flat, 1 is proportional to the size. Every point is a separate
 * process. Costs are the process' CPU time, so that a busy machine changes them little; waits are
 * real time.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { runtimeEnv, v8Arguments } from "../../tasks/v8_flags.ts";
import { moveToSecondCore } from "../stream/process.ts";
import { measureClients } from "./clients.ts";
import { curveText, type GrowthPoint } from "./curve.ts";
import { measureDays } from "./days.ts";
import type { PipelinePoints } from "./pipeline.ts";

interface Curve {
  readonly title: string;
  /** What grows, and what costs. */
  readonly unit: string;
  readonly item: string;
  readonly points: readonly GrowthPoint[];
}

const PRODUCTS = [10, 50, 500, 2_000];
/** Seconds of the exchange's time that are measured: a close of a minute is in each. */
const SECONDS: Readonly<Record<number, number>> = { 10: 300, 50: 180, 500: 60, 2_000: 60 };
const CLIENTS = [10, 100, 1_000, 10_000];
const KEYS = [1, 8, 80, 800, "all"] as const;
const DAYS = [1, 7, 30, 90, 365];
const PATHS = ["/", "/metrics", "/api/products"];

const CURVES: Readonly<Record<string, () => Promise<Curve[]>>> = {
  products: () => pipeline("products", "1 trade a second of each product"),
  total: () => pipeline("total", "2,000 trades a second of all products together"),
  clients: async () => {
    const points: GrowthPoint[] = [];
    for (const clients of CLIENTS) points.push(await measureClients(clients));
    return [{ title: "clients of one key, over sockets", unit: "clients", item: "event", points }];
  },
  keys: async () => {
    const points: GrowthPoint[] = [];
    for (const keys of KEYS) points.push(await point("keys", keys));
    return [{ title: "keys of each of 50 clients", unit: "keys", item: "event", points }];
  },
  days: async () => {
    const points = await measureDays(DAYS);
    return [{ title: "days of minutes behind a page of 300", unit: "days", item: "row", points }];
  },
  page: async () => {
    const curves: Curve[] = [];
    for (const path of PATHS) {
      const points: GrowthPoint[] = [];
      for (const products of PRODUCTS) points.push(await point("page", products, path));
      curves.push({ title: `GET ${path}`, unit: "products", item: "product", points });
    }
    return curves;
  },
};

async function pipeline(kind: "products" | "total", load: string): Promise<Curve[]> {
  const all: PipelinePoints[] = [];
  for (const products of PRODUCTS) {
    const seconds = kind === "products" ? SECONDS[products] ?? 60 : 60;
    all.push(await point(kind, products, `${seconds}`));
  }
  const unit = "products";
  return [
    { title: `${load}: trades`, unit, item: "trade", points: all.map(({ trade }) => trade) },
    { title: `${load}: events`, unit, item: "event", points: all.map(({ event }) => event) },
  ];
}

async function point<Point = GrowthPoint>(...args: readonly (string | number)[]): Promise<Point> {
  const script = fileURLToPath(new URL("./point.ts", import.meta.url));
  const flags = v8Arguments().map((flag) =>
    flag.startsWith("--v8-flags=") ? `${flag},--expose-gc` : flag
  );
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", ...flags, script, ...args.map(String)],
    env: runtimeEnv(),
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`the point ${args.join(" ")} could not be measured`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: { json: { type: "boolean" }, curve: { type: "string" } },
  });
  const names = values.curve?.split(",") ?? Object.keys(CURVES);
  const unknown = names.find((name) => CURVES[name] === undefined);
  if (unknown !== undefined) {
    throw new RangeError(`no such curve: ${unknown}; there are ${Object.keys(CURVES).join(", ")}`);
  }
  const measured: Curve[] = [];
  for (const name of names) {
    if (name === "clients") moveToSecondCore();
    for (const curve of await CURVES[name]?.() ?? []) {
      measured.push(curve);
      const { title, unit, item, points } = curve;
      if (!values.json) console.log(`\n${curveText(title, unit, item, points)}`);
    }
  }
  if (values.json) console.log(JSON.stringify(measured));
}
