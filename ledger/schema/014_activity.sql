-- What was done to resources, as the activity log of Azure says it.
CREATE TABLE activity (
    id           VARCHAR PRIMARY KEY, -- the resource, the operation and what ties its records together
    ResourceId   VARCHAR NOT NULL,    -- as the log writes it, in any case of letters
    done_at      TIMESTAMP NOT NULL,  -- UTC
    what         VARCHAR NOT NULL,    -- created, changed, deleted, started, stopped
    size         VARCHAR,             -- that it has from then on, where the record says so
    operation    VARCHAR NOT NULL,
    caller       VARCHAR,             -- who did it: personal data; NULL where it was left out
    x_SourceFile VARCHAR NOT NULL
);

UPDATE meta SET value = '14' WHERE name = 'schema';
