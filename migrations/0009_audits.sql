-- What was compared with the exchange's own candles, and where they differ.

-- up
CREATE TABLE audits (
  product_id    text        NOT NULL,
  granularity   text        NOT NULL,
  -- Every exact candle between the two was compared; null where only replaced ones were.
  audited_from  timestamptz,
  audited_until timestamptz,
  equal         bigint      NOT NULL DEFAULT 0,
  different     bigint      NOT NULL DEFAULT 0,
  PRIMARY KEY (product_id, granularity)
);

CREATE TABLE disagreements (
  product_id  text        NOT NULL,
  granularity text        NOT NULL,
  start       timestamptz NOT NULL,
  -- Open, high, low, close and volume, apart by spaces; null for no candle.
  ours        text,
  exchanges   text,
  -- open: to be asked once more; confirmed: still different then; resolved: the exchange has revised its own.
  state       text        NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'confirmed', 'resolved')),
  found_at    timestamptz NOT NULL DEFAULT now(),
  asked_at    timestamptz,
  PRIMARY KEY (product_id, granularity, start)
);

-- down
DROP TABLE disagreements;
DROP TABLE audits;
