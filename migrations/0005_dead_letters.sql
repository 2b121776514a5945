-- Closed candles that could not be stored, byte for byte, with why.

-- up
CREATE TABLE dead_letters (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  sequence    bigint      NOT NULL,
  key         text        NOT NULL,
  bytes       bytea       NOT NULL,
  reason      text        NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  -- A redelivered message is the same dead letter.
  UNIQUE (sequence, key)
);

-- down
DROP TABLE dead_letters;
