-- What of the stream of closed candles is here, and where candles may be missing. A backup has both, so that a
-- database which is restored knows what it lacks.

-- up
CREATE TABLE store_mark (
  -- When CLOSED_CANDLES was created, as NATS tells it: another stream has other sequences.
  stream     text        PRIMARY KEY,
  -- Every candle up to this sequence is stored.
  sequence   bigint      NOT NULL,
  written_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE doubts (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- Candles of this time may be missing, and the stream may not have them any more.
  from_time  timestamptz NOT NULL,
  to_time    timestamptz NOT NULL,
  reason     text        NOT NULL,
  noticed_at timestamptz NOT NULL DEFAULT now()
);

-- down
DROP TABLE doubts;
DROP TABLE store_mark;
