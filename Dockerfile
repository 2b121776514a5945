# syntax=docker/dockerfile:1
# Spot Canvas for containers: `docker build -t spot-canvas .`
# The server in it may read its own files, use the network and nothing else: it starts no program and writes no file.

ARG DENO_VERSION=2.9.6

FROM denoland/deno:${DENO_VERSION} AS build
WORKDIR /source
# Dependencies alone first, so that a change of the source does not fetch them again.
COPY deno.json deno.lock ./
COPY fresh/deno.json fresh/
RUN deno install --frozen
COPY . .
RUN deno task build \
  && deno run -A deploy/image/run_time_config.ts /tmp/deno.json
# What runs, where it will run: compiled modules are cached by their path.
ENV DENO_DIR=/run-time/deno-dir
RUN mkdir -p /app/tasks \
  && cp -r LICENSE NOTICE app.ts main.ts methods.ts serve.ts deno.lock \
    components fresh islands lib migrations routes static _fresh /app/ \
  && cp tasks/migrate.ts tasks/backup.ts tasks/task_store.ts /app/tasks/ \
  && cp deploy/image/healthcheck.ts /app/ \
  && cp /tmp/deno.json /app/deno.json \
  && cd /app \
  && deno cache serve.ts _fresh/server.js tasks/migrate.ts tasks/backup.ts \
  && chmod -R a+rX /app /run-time/deno-dir

FROM denoland/deno:distroless-${DENO_VERSION}
LABEL org.opencontainers.image.title="Spot Canvas" \
  org.opencontainers.image.description="Exact candles from Coinbase's trades, live and kept" \
  org.opencontainers.image.licenses="MIT"
# Buffers of 64 KB and more, what sockets are handed at a time among them, are given back when they are freed; by default the C library soon keeps them, up to 32 MB each.
# While there is other work, Deno by default polls its sockets only once in 61 turns of its event loop.
ENV DENO_DIR=/deno-dir \
  DENO_NO_UPDATE_CHECK=1 \
  DENO_TOKIO_EVENT_INTERVAL=4 \
  EMBEDDED=never \
  MALLOC_MMAP_THRESHOLD_=65536 \
  MALLOC_TRIM_THRESHOLD_=131072 \
  PORT=8000
COPY --from=build /run-time/deno-dir /deno-dir
COPY --from=build /app /app
WORKDIR /app
USER 65532:65532
EXPOSE 8000
# Not /readyz, which would restart a process whose database is down, and that does not help.
HEALTHCHECK --interval=15s --timeout=40s --start-period=20s --retries=1 \
  CMD ["deno", "run", "-A", "--no-config", "--no-lock", "--cached-only", "/app/healthcheck.ts"]
# V8 collects sooner than by default: a third less memory, for some processor time; its heap fits a container of 1 GiB. Connecting to a database's socket in /cloudsql needs the permission to read and write it.
ENTRYPOINT ["deno", "run", "--v8-flags=--max-semi-space-size=16,--heap-growing-percent=60,--max-old-space-size=512", "--cached-only", "--frozen", "--no-prompt", "--allow-net", "--allow-env", "--allow-sys=osRelease", "--allow-read=/app,/deno-dir,/run/secrets,/secrets,/cloudsql", "--allow-write=/cloudsql"]
CMD ["serve.ts"]
