import { DOWNLOAD_LIMITS } from "../api/downloads.ts";
import type { Config } from "../config.ts";
import { RequestRate } from "../http/request_rate.ts";
import { logger } from "../log.ts";
import { SharedLimits } from "../workers/shared_limits.ts";
import { WebWorkers } from "../workers/web_workers.ts";

/** The web workers that the configuration wants, not started yet. */
export function openWorkers(config: Config): WebWorkers {
  return new WebWorkers({
    count: config.webWorkers,
    limits: new SharedLimits({
      streams: { total: config.maxStreams, perAddress: config.maxStreamsPerIp },
      downloads: DOWNLOAD_LIMITS,
      requests: new RequestRate(config.maxRequestsPerIp),
    }),
    log: logger("workers"),
  });
}
