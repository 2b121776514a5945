/**
 * A small footprint for one application. Commits are still on disk before they are acknowledged.
 */
const SETTINGS = [
  "listen_addresses=127.0.0.1",
  "unix_socket_directories=",
  "max_connections=50",
  "shared_buffers=64MB",
  "fsync=on",
  "password_encryption=scram-sha-256",
  // A history query may touch every chunk of years.
  "max_locks_per_transaction=256",
  // A container's /dev/shm is often too small for parallel queries.
  "max_parallel_workers_per_gather=0",
  "log_checkpoints=off",
  "log_timezone=UTC",
  "timezone=UTC",
] as const;

/** Without its background workers: under the Apache licence its built-in job only logs errors. */
const TIMESCALE_SETTINGS = [
  "shared_preload_libraries=timescaledb",
  "timescaledb.telemetry_level=off",
  "timescaledb.max_background_workers=0",
] as const;

/** The settings as command-line arguments of `postgres`. */
export function postgresArguments(timescale: boolean): string[] {
  return [...SETTINGS, ...(timescale ? TIMESCALE_SETTINGS : [])]
    .flatMap((setting) => ["-c", setting]);
}
