-- The catalogue as last heard from the exchange, and how far each product's trade ids are proven.

-- up
CREATE TABLE products (
  product_id       text PRIMARY KEY,
  base_currency    text    NOT NULL,
  quote_currency   text    NOT NULL,
  base_name        text,
  quote_name       text,
  -- The product whose book this one shares (USDC pairs of a USD product).
  alias            text,
  status           text    NOT NULL,
  trading_disabled boolean NOT NULL DEFAULT false,
  price_increment  numeric,
  base_increment   numeric,
  quote_increment  numeric,
  price            numeric,
  -- Percent, as the exchange says it.
  price_change_24h numeric,
  volume_24h       numeric,
  quote_volume_24h numeric,
  followed         boolean NOT NULL DEFAULT false,
  delisted_at      timestamptz,
  -- Every trade id from proven_from_id to proven_to_id is known, or known never to have existed, except
  -- within the gaps that are not repaired.
  proven_from_id   bigint,
  proven_from_time timestamptz,
  proven_to_id     bigint,
  proven_to_time   timestamptz,
  updated_at       timestamptz NOT NULL DEFAULT now()
);

-- down
DROP TABLE products;
