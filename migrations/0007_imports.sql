-- How far an import from another system has come, so that it can be stopped anywhere.

-- up
CREATE TABLE imports (
  source     text   NOT NULL,
  collection text   NOT NULL,
  -- Where to go on; null: the whole collection is here.
  next_token text,
  imported   bigint NOT NULL,
  skipped    bigint NOT NULL,
  PRIMARY KEY (source, collection)
);

-- down
DROP TABLE imports;
