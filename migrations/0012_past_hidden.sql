-- Until when the exchange need not be asked again for trades older than a product's proven start: it showed none. Without
-- it each start would ask for all of them.

-- up
ALTER TABLE products ADD COLUMN past_hidden_until timestamptz;
COMMENT ON COLUMN products.past_hidden_until IS
  'The exchange showed no trades before proven_from_time; they are requested again then. Null: it shows them, or was not asked.';

-- down
ALTER TABLE products DROP COLUMN past_hidden_until;
