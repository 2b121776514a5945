-- What every table and column is, for whoever looks at the database with a client of their own. A role that may use the
-- tables but does not own them cannot comment on them, and needs not.

-- up
DO $$
BEGIN
  COMMENT ON TABLE candles IS
    'Closed candles: one row for each product, granularity and start. Live candles are in NATS. A bucket without trades has no row.';
  COMMENT ON COLUMN candles.product_id IS 'The product as Coinbase spells it, such as BTC-USD.';
  COMMENT ON COLUMN candles.granularity IS
    'ONE_MINUTE, FIVE_MINUTE, FIFTEEN_MINUTE, THIRTY_MINUTE, ONE_HOUR, TWO_HOUR, SIX_HOUR or ONE_DAY. Filter by it: every trade is in a row of each.';
  COMMENT ON COLUMN candles.start IS
    'Start of the bucket, aligned in UTC. The bucket ends, exclusive, one granularity later.';
  COMMENT ON COLUMN candles.open IS 'Price of the trade with the smallest id, in the quote currency.';
  COMMENT ON COLUMN candles.high IS 'Highest price.';
  COMMENT ON COLUMN candles.low IS 'Lowest price.';
  COMMENT ON COLUMN candles.close IS 'Price of the trade with the largest id.';
  COMMENT ON COLUMN candles.volume IS 'Sum of sizes, in the base currency, to the last digit.';
  COMMENT ON COLUMN candles.quote_volume IS
    'Sum of price times size, in the quote currency. Null where the candle is the exchange''s own.';
  COMMENT ON COLUMN candles.buy_volume IS
    'The part of volume in which the taker bought. Null where the candle is the exchange''s own.';
  COMMENT ON COLUMN candles.trades IS 'Number of trades. Null where the candle is the exchange''s own.';
  COMMENT ON COLUMN candles.first_trade_id IS 'Smallest trade id. Null where the candle is the exchange''s own.';
  COMMENT ON COLUMN candles.last_trade_id IS 'Largest trade id. Null where the candle is the exchange''s own.';
  COMMENT ON COLUMN candles.exact IS
    'Built from every trade of the bucket, proven on both sides by unbroken trade ids. Such a row never changes again.';
  COMMENT ON COLUMN candles.revision IS '0 when first closed, one more with each later change.';
  COMMENT ON COLUMN candles.updated_at IS 'When this row was last written.';
  COMMENT ON TABLE products IS
    'Products as last heard from the exchange, and from when on their trades are proven.';
  COMMENT ON COLUMN products.product_id IS 'The product as Coinbase spells it, such as BTC-USD.';
  COMMENT ON COLUMN products.base_currency IS 'What is traded, such as BTC.';
  COMMENT ON COLUMN products.quote_currency IS 'What prices are in, such as USD.';
  COMMENT ON COLUMN products.base_name IS 'What people call the base currency.';
  COMMENT ON COLUMN products.quote_name IS 'What people call the quote currency.';
  COMMENT ON COLUMN products.alias IS 'The product whose book this one shares, if any.';
  COMMENT ON COLUMN products.status IS 'The exchange''s word for it, such as online.';
  COMMENT ON COLUMN products.trading_disabled IS 'Listed, but not trading.';
  COMMENT ON COLUMN products.price_increment IS 'Least step of the price, as the exchange calls it.';
  COMMENT ON COLUMN products.base_increment IS 'Least step of a size.';
  COMMENT ON COLUMN products.quote_increment IS 'Least step of the price.';
  COMMENT ON COLUMN products.price IS 'Last price that the exchange told.';
  COMMENT ON COLUMN products.price_change_24h IS 'Percent over 24 hours.';
  COMMENT ON COLUMN products.volume_24h IS 'In the base currency, over 24 hours.';
  COMMENT ON COLUMN products.quote_volume_24h IS 'In the quote currency, over 24 hours, approximately.';
  COMMENT ON COLUMN products.followed IS 'Whether its trades are followed.';
  COMMENT ON COLUMN products.delisted_at IS 'When the exchange no longer listed it; null while it does.';
  COMMENT ON COLUMN products.proven_from_id IS
    'Every trade id from here to proven_to_id is known, or known never to have existed, except within open gaps.';
  COMMENT ON COLUMN products.proven_from_time IS 'Time of the trade proven_from_id.';
  COMMENT ON COLUMN products.proven_to_id IS 'Last trade id of the proven range, as last written.';
  COMMENT ON COLUMN products.proven_to_time IS 'Time of the trade proven_to_id.';
  COMMENT ON COLUMN products.updated_at IS 'When this row was last written.';
  COMMENT ON TABLE gaps IS
    'Runs of trade ids not yet seen. One row for each run, kept after its end as the record of what happened.';
  COMMENT ON COLUMN gaps.product_id IS 'The product.';
  COMMENT ON COLUMN gaps.from_id IS 'First missing trade id.';
  COMMENT ON COLUMN gaps.to_id IS 'Last missing trade id.';
  COMMENT ON COLUMN gaps.from_time IS 'Time of the trade before the gap: candles from here on may be incomplete.';
  COMMENT ON COLUMN gaps.to_time IS 'Time of the trade after the gap.';
  COMMENT ON COLUMN gaps.state IS 'open, repaired, estimated (the exchange''s candles stand in) or unrepairable.';
  COMMENT ON COLUMN gaps.attempts IS 'How often its repair was tried.';
  COMMENT ON COLUMN gaps.reason IS 'Why it is not repaired, in a sentence.';
  COMMENT ON COLUMN gaps.opened_at IS 'When it was noticed.';
  COMMENT ON COLUMN gaps.closed_at IS 'When it was repaired; null before.';
  COMMENT ON TABLE dead_letters IS
    'Closed candles that the database refused, byte for byte.';
  COMMENT ON COLUMN dead_letters.id IS 'Number of the row.';
  COMMENT ON COLUMN dead_letters.sequence IS 'Sequence of the message in CLOSED_CANDLES.';
  COMMENT ON COLUMN dead_letters.key IS 'Product and granularity.';
  COMMENT ON COLUMN dead_letters.bytes IS 'The message.';
  COMMENT ON COLUMN dead_letters.reason IS 'What the database said.';
  COMMENT ON COLUMN dead_letters.received_at IS 'When it was set aside.';
  COMMENT ON TABLE backfills IS
    'What of the charts'' past was asked of the exchange, so that it is asked once.';
  COMMENT ON COLUMN backfills.product_id IS 'The product.';
  COMMENT ON COLUMN backfills.granularity IS 'The granularity.';
  COMMENT ON COLUMN backfills.covered IS
    'Epoch seconds of starts: every candle that starts in here and that the exchange had is stored.';
  COMMENT ON TABLE imports IS
    'How far an import from another system has come.';
  COMMENT ON COLUMN imports.source IS 'The system.';
  COMMENT ON COLUMN imports.collection IS 'The part of it.';
  COMMENT ON COLUMN imports.next_token IS 'Where to continue; null when all of it is here.';
  COMMENT ON COLUMN imports.imported IS 'Candles taken.';
  COMMENT ON COLUMN imports.skipped IS 'Documents left out.';
  COMMENT ON TABLE store_mark IS
    'Up to where the stream of closed candles is stored here.';
  COMMENT ON COLUMN store_mark.stream IS
    'When CLOSED_CANDLES was created, as NATS tells it: another stream has other sequences.';
  COMMENT ON COLUMN store_mark.sequence IS 'Every candle up to this sequence of the stream is stored.';
  COMMENT ON COLUMN store_mark.written_at IS 'When this row was last written.';
  COMMENT ON TABLE doubts IS
    'Times in which closed candles may be missing, since the stream had discarded them before they were stored.';
  COMMENT ON COLUMN doubts.id IS 'Number of the row.';
  COMMENT ON COLUMN doubts.from_time IS 'Begin of the time.';
  COMMENT ON COLUMN doubts.to_time IS 'End of the time.';
  COMMENT ON COLUMN doubts.reason IS 'Why, in a sentence.';
  COMMENT ON COLUMN doubts.noticed_at IS 'When it was noticed.';
  COMMENT ON TABLE audits IS
    'What was compared with the exchange''s own candles.';
  COMMENT ON COLUMN audits.product_id IS 'The product.';
  COMMENT ON COLUMN audits.granularity IS 'The granularity.';
  COMMENT ON COLUMN audits.audited_from IS
    'Every exact candle from here to audited_until was compared; null where only replaced ones were.';
  COMMENT ON COLUMN audits.audited_until IS 'End of what was compared.';
  COMMENT ON COLUMN audits.equal IS 'Candles that were equal.';
  COMMENT ON COLUMN audits.different IS 'Candles that were different.';
  COMMENT ON TABLE disagreements IS
    'Candles that differ from the exchange''s own.';
  COMMENT ON COLUMN disagreements.product_id IS 'The product.';
  COMMENT ON COLUMN disagreements.granularity IS 'The granularity.';
  COMMENT ON COLUMN disagreements.start IS 'Start of the bucket.';
  COMMENT ON COLUMN disagreements.ours IS
    'Open, high, low, close and volume here, apart by spaces; null for no candle.';
  COMMENT ON COLUMN disagreements.exchanges IS 'The same of the exchange.';
  COMMENT ON COLUMN disagreements.state IS
    'open (to be asked once more), confirmed (still different then) or resolved (the exchange has revised its own).';
  COMMENT ON COLUMN disagreements.found_at IS 'When it was found.';
  COMMENT ON COLUMN disagreements.asked_at IS 'When the exchange was asked again.';
  COMMENT ON TABLE migrations IS
    'Which migrations were applied.';
  COMMENT ON COLUMN migrations.number IS 'Number of the migration.';
  COMMENT ON COLUMN migrations.name IS 'Name of its file.';
  COMMENT ON COLUMN migrations.checksum IS 'SHA-256 of its file: an applied one never changes.';
  COMMENT ON COLUMN migrations.applied_at IS 'When it was applied.';
EXCEPTION WHEN insufficient_privilege THEN
  RAISE NOTICE 'tables stay without comments: %', SQLERRM;
END $$;

-- down
DO $$
DECLARE
  place record;
BEGIN
  FOR place IN
    SELECT d.objoid::regclass AS name, a.attname AS field
    FROM pg_catalog.pg_description d
    LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = d.objoid AND a.attnum = d.objsubid AND d.objsubid > 0
    WHERE d.classoid = 'pg_catalog.pg_class'::regclass AND d.objoid = ANY (ARRAY['candles', 'products', 'gaps', 'dead_letters', 'backfills', 'imports',
      'store_mark', 'doubts', 'audits', 'disagreements', 'migrations']::regclass[])
  LOOP
    IF place.field IS NULL THEN
      EXECUTE format('COMMENT ON TABLE %s IS NULL', place.name);
    ELSE
      EXECUTE format('COMMENT ON COLUMN %s.%I IS NULL', place.name, place.field);
    END IF;
  END LOOP;
EXCEPTION WHEN insufficient_privilege THEN
  RAISE NOTICE 'comments stay: %', SQLERRM;
END $$;
