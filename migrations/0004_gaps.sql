-- Runs of trade ids not yet seen. One row per run, kept after its end as the record of what happened.

-- up
CREATE TABLE gaps (
  product_id text        NOT NULL,
  from_id    bigint      NOT NULL,
  to_id      bigint      NOT NULL,
  -- Times of the trades on either side: the candles touched lie between them, both ends included.
  from_time  timestamptz NOT NULL,
  to_time    timestamptz NOT NULL,
  state      text        NOT NULL DEFAULT 'open'
    CHECK (state IN ('open', 'repaired', 'estimated', 'unrepairable')),
  attempts   integer     NOT NULL DEFAULT 0,
  reason     text,
  opened_at  timestamptz NOT NULL DEFAULT now(),
  closed_at  timestamptz,
  PRIMARY KEY (product_id, from_id, to_id),
  CHECK (from_id <= to_id AND from_time <= to_time)
);
CREATE INDEX gaps_unrepaired ON gaps (product_id, from_id) WHERE state <> 'repaired';

-- down
DROP TABLE gaps;
