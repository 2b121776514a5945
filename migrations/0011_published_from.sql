-- From when on a product's candles may have been published: what is older went into the database alone, and does so when it
-- becomes exact. A proven start goes further back than that once its past is walked.

-- up
ALTER TABLE products ADD COLUMN published_from timestamptz;
UPDATE products SET published_from = proven_from_time;
COMMENT ON COLUMN products.published_from IS
  'Candles that end later may have been published; older ones were only ever stored.';
COMMENT ON COLUMN products.proven_from_time IS 'Start of the first minute after the trade proven_from_id whose trades are all known.';

-- down
ALTER TABLE products DROP COLUMN published_from;
