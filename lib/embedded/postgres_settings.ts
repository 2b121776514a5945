/** A small footprint for one application; every commit is still on disk before it is acknowledged. */
export const POSTGRES_SETTINGS: readonly string[] = [
  "listen_addresses=127.0.0.1",
  "unix_socket_directories=",
  "max_connections=50",
  "shared_buffers=64MB",
  "max_wal_size=512MB",
  "fsync=on",
  "password_encryption=scram-sha-256",
  // A container's /dev/shm is often too small for what parallel queries share.
  "max_parallel_workers_per_gather=0",
  "log_checkpoints=off",
  "log_timezone=UTC",
  "timezone=UTC",
];

/** Without its background workers: under the Apache licence its built-in job only logs errors. */
export const TIMESCALE_SETTINGS: readonly string[] = [
  "shared_preload_libraries=timescaledb",
  "timescaledb.telemetry_level=off",
  "timescaledb.max_background_workers=0",
];
