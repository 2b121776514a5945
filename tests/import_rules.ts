import { posix } from "node:path";

/** One import statement: who imports what, a path from the repository's root or a package's name. */
export interface Import {
  readonly from: string;
  readonly to: string;
  /** Types alone are gone when the program runs. */
  readonly typeOnly: boolean;
}

// Static, bare, re-exporting, dynamic and type imports, written as statements at a line's start or as a call.
const STATEMENT =
  /^\s*(?:import|export)\b(\s+type\b)?(?:[^"'`;()]*?\bfrom)?\s*"([^"]+)"|\bimport\("([^"]+)"\)/gm;

/** All imports in a module's text. */
export function importsOf(path: string, text: string): Import[] {
  return [...text.matchAll(STATEMENT)].map(([, type, stated, called]) => {
    const specifier = stated ?? called ?? "";
    const local = specifier.startsWith(".");
    const to = local ? posix.join(posix.dirname(path), specifier) : specifier.replace(/^@\//, "");
    return { from: path, to, typeOnly: type !== undefined };
  });
}

/** What every room may build on. */
const GROUND = ["lib/time/", "lib/candles/", "lib/exchange/"];

/**
 * What a folder's modules may import of this repository beside their own folder. The first that
 * fits holds; a folder that is not named here may import what is not forbidden to all.
 */
const ROOMS: readonly (readonly [string, readonly string[]])[] = [
  ["lib/time/", []],
  ["lib/candles/", []],
  ["lib/client/", ["static/client.d.ts"]],
  ["lib/embedded/", ["lib/time/"]],
  ["lib/exchange_simulator/", []],
  ["lib/indicators/", []],
  ["lib/alerts/", ["lib/candles/", "lib/indicators/", "static/client.d.ts"]],
  ["lib/drawings/", ["lib/candles/"]],
  ["lib/http/", ["lib/time/", "lib/metrics/status.ts"]],
  ["lib/exchange/", ["lib/candles/"]],
  ["lib/browser/", ["lib/candles/"]],
  ["lib/bus/", GROUND],
  ["lib/coinbase/", GROUND],
  ["lib/probe/", [...GROUND, "lib/coinbase/"]],
  ["lib/store/", GROUND],
  ["lib/stream/", GROUND],
  ["lib/history/", [...GROUND, "lib/store/"]],
  ["lib/metrics/", [...GROUND, "lib/repair/repair_state.ts", "lib/stream/"]],
  ["lib/repair/", GROUND],
  ["lib/ingest/", [...GROUND, "lib/config.ts", "lib/log.ts", "lib/metrics/", "lib/repair/"]],
  ["lib/webhooks/", GROUND],
  ["lib/workers/", [
    ...GROUND,
    "lib/http/request_rate.ts",
    "lib/metrics/status.ts",
    "lib/stream/",
  ]],
  ["lib/backup/", [...GROUND, "lib/store/"]],
  ["lib/firestore/", GROUND],
  ["lib/api/", [...GROUND, "lib/http/", "lib/history/", "lib/stream/"]],
  ["lib/config/", [
    "lib/candles/",
    "lib/log.ts",
    "lib/log/",
    "lib/coinbase/private_key.ts",
    "lib/store/database_url.ts",
    "lib/bus/layout_settings.ts",
    "lib/webhooks/webhook.ts",
  ]],
  ["lib/log/", []],
  ["lib/log.ts", ["lib/log/"]],
  ["lib/config.ts", [
    "lib/config/",
    "lib/candles/",
    "lib/log.ts",
    "lib/log/",
    "lib/coinbase/private_key.ts",
    "lib/store/database_url.ts",
    "lib/bus/layout_settings.ts",
    "lib/webhooks/webhook.ts",
  ]],
  ["lib/", ["lib/"]],
  ["fresh/", []],
  ...["chart", "embed", "workspace"].map((page): readonly [string, readonly string[]] => [
    `components/${page}/browser/`,
    ["components/", "lib/browser/", "lib/candles/", "lib/client/", "lib/indicators/"],
  ]),
  [
    "components/alerts/browser/",
    ["components/", "lib/alerts/", "lib/browser/", "lib/candles/", "lib/client/"],
  ],
  ["components/drawings/browser/", ["components/", "lib/candles/", "lib/drawings/"]],
  ["components/", [
    "islands/",
    "lib/alerts/",
    "lib/browser/",
    "lib/candles/",
    "lib/drawings/",
    "lib/indicators/",
  ]],
  ["islands/", ["components/", "lib/alerts/", "lib/browser/", "lib/candles/", "lib/indicators/"]],
  ["routes/", [
    "app.ts",
    "components/",
    "islands/",
    "lib/alerts/",
    "lib/api/",
    "lib/browser/",
    "lib/candles/",
    "lib/http/",
    "lib/indicators/",
    "lib/stream/",
    "methods.ts",
  ]],
];

/** Pages may name the types of what they are given, wherever it is made. */
const PAGES = /^(components|islands|routes)\//;
const FRAMEWORK = /^fresh(\/|$)/;
/** The stand-in's files; what is not among them is a name that Fresh itself has: `fresh/runtime`. */
const STAND_IN = /^fresh\/.*\.tsx?$/;
const MODULE = /\.tsx?$/;

/** Why an import is not allowed; null if it is. */
export function objection({ from, to, typeOnly }: Import): string | null {
  if (/^(https?|jsr|data):|^@std\//.test(to)) return "only npm packages";
  if (to.startsWith("npm:")) return "packages are named in deno.json alone";
  if (to.startsWith("routes/")) return "no module imports a route";
  if (STAND_IN.test(to) && !from.startsWith("fresh/")) return "Fresh is imported by its name";
  if (isTest(from)) return null;
  if (isTest(to)) return "production code never imports from tests";
  const [room, allowed] = ROOMS.find(([folder]) => from.startsWith(folder)) ?? [];
  if (room === undefined || allowed === undefined || to.startsWith(room)) return null;
  if (room === "lib/candles/") return "candles imports nothing outside itself";
  if (room.startsWith("lib/") && FRAMEWORK.test(to)) return "lib does not know Fresh";
  if (!MODULE.test(to) || allowed.some((place) => to.startsWith(place))) return null;
  if (typeOnly && PAGES.test(from) && (to === "app.ts" || to.startsWith("lib/"))) return null;
  return `${room} imports ${allowed.length > 0 ? `only ${allowed.join(", ")}` : "only itself"}`;
}

/** Why a package is not allowed in deno.json's imports; null if it is. `linked` are those that `links` replaces. */
export function packageObjection(target: string, linked: readonly string[]): string | null {
  if (target.startsWith("npm:")) return null;
  const [, name = ""] = /^jsr:((?:@[^/]+\/)?[^/@]+)/.exec(target) ?? [];
  return linked.includes(name) ? null : "only npm packages, and what a folder here stands in for";
}

/** Tests, what only tests use, the program that runs them, and the benches that look at the app as they do. */
function isTest(path: string): boolean {
  return /_test\.tsx?$|^tests\/|^tasks\/test\.ts$|^bench\/(pages\.ts$|(load|repair|abuse|growth|screener)\/)|\/(fake|test)_\w+\.tsx?$/
    .test(
      path,
    );
}
