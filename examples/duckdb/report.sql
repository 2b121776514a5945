-- A report from a Parquet download. First, for the last day:
--   curl -o candles.parquet "http://localhost:8000/api/candles.parquet?product=BTC-USD&granularity=ONE_MINUTE&start=$(( $(date +%s) - 86400 ))"
-- then: duckdb < report.sql

-- How much of it is proven.
SELECT count(*) AS minutes, count(*) FILTER (exact) AS exact, min(timestamp) AS since
FROM 'candles.parquet';

-- Each hour: its candle, its volume-weighted average price, and who took the other side's offer.
SELECT time_bucket(INTERVAL 1 HOUR, timestamp) AS hour,
  first(open ORDER BY timestamp) AS open, max(high) AS high, min(low) AS low,
  last(close ORDER BY timestamp) AS close, sum(volume) AS volume,
  round(sum(quote_volume)::DOUBLE / nullif(sum(volume) FILTER (trades IS NOT NULL), 0)::DOUBLE, 2) AS vwap,
  round(100 * sum(buy_volume)::DOUBLE / nullif(sum(volume) FILTER (trades IS NOT NULL), 0)::DOUBLE, 1) AS bought_percent
FROM 'candles.parquet' GROUP BY hour ORDER BY hour;

-- The ten busiest minutes.
SELECT timestamp, trades, volume, high - low AS spread
FROM 'candles.parquet' WHERE trades IS NOT NULL ORDER BY trades DESC, timestamp LIMIT 10;
