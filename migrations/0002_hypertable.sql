-- Makes `candles` a hypertable wherever TimescaleDB can be had. Elsewhere (plain PostgreSQL, Google Cloud
-- SQL, no right to create the extension or to use it) it stays an ordinary table, and everything works the same.
-- The setting `spot_canvas.timescale` = 'off' leaves TimescaleDB alone where it could be had.
-- The first text of this file asked for settings that only some roles may read, and found the extension's functions only
-- in a schema of the search_path:
-- formerly ea1947076638ecf1bdc8663e37e5702f1ec025fbab569c5a76b2b74433bea2e6

-- up
DO $$
DECLARE
  extension_schema text;
BEGIN
  IF current_setting('spot_canvas.timescale', true) = 'off' THEN
    RETURN;
  END IF;
  -- Creating an extension whose library is not preloaded ends the whole session, so that is asked first: a library that is
  -- loaded has settings.
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'timescaledb') THEN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_available_extensions WHERE name = 'timescaledb')
      OR NOT EXISTS (SELECT FROM pg_catalog.pg_settings WHERE name LIKE 'timescaledb.%') THEN
      RETURN;
    END IF;
    BEGIN
      CREATE EXTENSION timescaledb;
    EXCEPTION WHEN OTHERS THEN
      RAISE NOTICE 'TimescaleDB cannot be created here: %', SQLERRM;
      RETURN;
    END;
  END IF;
  SELECT n.nspname INTO extension_schema
  FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
  WHERE e.extname = 'timescaledb';
  -- Seven days: a page of 1,000 minutes (16.7 hours) touches two chunks at most, a page of 300 hours three,
  -- and a week of 500 products (7 million rows) keeps the index of the chunk being written within a small
  -- machine's memory. The primary key serves every read, so no further index on `start`.
  EXECUTE format($call$
    SELECT %I.create_hypertable('candles'::regclass, 'start'::name,
      chunk_time_interval => INTERVAL '7 days', create_default_indexes => false, migrate_data => true)
    $call$, extension_schema);
EXCEPTION WHEN OTHERS THEN
  RAISE NOTICE 'TimescaleDB cannot be used here: %', SQLERRM;
END $$;

-- Compression is part of the TSL licence only; the Apache build refuses it.
DO $$
DECLARE
  extension_schema text;
BEGIN
  IF current_setting('timescaledb.license', true) IS DISTINCT FROM 'timescale'
    OR current_setting('spot_canvas.timescale', true) = 'off' THEN
    RETURN;
  END IF;
  SELECT n.nspname INTO extension_schema
  FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
  WHERE e.extname = 'timescaledb';
  EXECUTE 'ALTER TABLE candles SET (timescaledb.compress, '
    || 'timescaledb.compress_segmentby = ''product_id, granularity'', '
    || 'timescaledb.compress_orderby = ''start'')';
  -- A month: repair and backfill rarely reach further back, and what they touch must not be decompressed.
  EXECUTE format($call$ SELECT %I.add_compression_policy('candles'::regclass, INTERVAL '30 days') $call$,
    extension_schema);
EXCEPTION WHEN OTHERS THEN
  RAISE NOTICE 'candles stay uncompressed: %', SQLERRM;
END $$;

-- down
-- A hypertable is turned back by copying; the extension stays, since others may use it.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb') THEN
    CREATE TABLE candles_plain (LIKE candles INCLUDING DEFAULTS);
    INSERT INTO candles_plain SELECT * FROM candles;
    DROP TABLE candles;
    ALTER TABLE candles_plain RENAME TO candles;
    ALTER TABLE candles ADD CONSTRAINT candles_pkey PRIMARY KEY (product_id, granularity, start);
  END IF;
END $$;
