-- Closed candles only. Numbers are unbounded numeric: the exchange's digits, all of them.

-- up
CREATE TABLE candles (
  product_id     text        NOT NULL,
  granularity    text        NOT NULL,
  start          timestamptz NOT NULL,
  open           numeric     NOT NULL,
  high           numeric     NOT NULL,
  low            numeric     NOT NULL,
  close          numeric     NOT NULL,
  volume         numeric     NOT NULL,
  quote_volume   numeric,
  buy_volume     numeric,
  trades         bigint,
  first_trade_id bigint,
  last_trade_id  bigint,
  exact          boolean     NOT NULL,
  revision       integer     NOT NULL,
  updated_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (product_id, granularity, start)
);

-- down
DROP TABLE candles;
