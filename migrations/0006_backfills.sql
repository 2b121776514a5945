-- What history has been asked of the exchange, so that it is never asked again.

-- up
CREATE TABLE backfills (
  product_id  text NOT NULL,
  granularity text NOT NULL,
  -- Epoch seconds of starts: every candle that starts in here and that the exchange had is stored.
  covered     int8multirange NOT NULL,
  PRIMARY KEY (product_id, granularity)
);

-- down
DROP TABLE backfills;
