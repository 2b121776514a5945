import { posix } from "node:path";
import { fillIn, type Instruction, parseExec, parsePairs } from "./dockerfile.ts";

/** The settings with which an image is run. */
export interface ImageConfig {
  readonly env: Readonly<Record<string, string>>;
  readonly workdir: string;
  /** `uid:gid`; empty for root. */
  readonly user: string;
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly healthcheck: Healthcheck | null;
  readonly labels: Readonly<Record<string, string>>;
  /** `8000/tcp` */
  readonly ports: readonly string[];
}

export interface Healthcheck {
  readonly command: readonly string[];
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly startPeriodSeconds: number;
  readonly retries: number;
}

/** That of an image which has only an environment. */
export function plainConfig(env: Readonly<Record<string, string>>): ImageConfig {
  const nothing = { entrypoint: [], cmd: [], healthcheck: null, labels: {}, ports: [] };
  return { env, workdir: "/", user: "", ...nothing };
}

/**
 * What one line of a Dockerfile makes of it; null for a line without such a setting. Throws an
 * Error.
 */
export function configured(config: ImageConfig, line: Instruction): ImageConfig | null {
  const text = fillIn(line.text, config.env);
  switch (line.keyword) {
    case "ENV":
      return { ...config, env: { ...config.env, ...parsePairs(text) } };
    case "WORKDIR":
      return { ...config, workdir: posix.resolve(config.workdir, text) };
    case "USER":
      return { ...config, user: text };
    case "ENTRYPOINT":
      return { ...config, entrypoint: parseExec(line.text) };
    case "CMD":
      return { ...config, cmd: parseExec(line.text) };
    case "HEALTHCHECK":
      return { ...config, healthcheck: healthcheck(line) };
    case "LABEL":
      return { ...config, labels: { ...config.labels, ...parsePairs(text) } };
    case "EXPOSE":
      return { ...config, ports: [...config.ports, ...text.split(/\s+/).map(protocolNamed)] };
    default:
      return null;
  }
}

function healthcheck({ text, flags }: Instruction): Healthcheck {
  const { interval, timeout, retries, "start-period": startPeriod } = flags;
  return {
    command: parseExec(text.replace(/^CMD\s+/, "")),
    intervalSeconds: seconds(interval),
    timeoutSeconds: seconds(timeout),
    startPeriodSeconds: seconds(startPeriod),
    retries: Number(retries ?? 0),
  };
}

/** 0 where the engine's default applies. */
function seconds(duration = "0s"): number {
  const [, count = ""] = /^(\d+)s$/.exec(duration) ?? [];
  if (count === "") throw new Error(`"${duration}" is not a number of seconds, such as 15s`);
  return Number(count);
}

function protocolNamed(port: string): string {
  return port.includes("/") ? port : `${port}/tcp`;
}
