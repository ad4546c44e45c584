-- What is known of a day after some days, by service; and what owners answered
-- to findings.

ALTER TABLE estimates ADD COLUMN ServiceName VARCHAR DEFAULT ''; -- '' for all services together, as earlier releases noted it

CREATE TABLE answers (
    finding VARCHAR NOT NULL,   -- findings.id
    answer  VARCHAR NOT NULL,   -- planned, fixed, not mine, wrong
    said_by VARCHAR NOT NULL,
    said_at TIMESTAMP NOT NULL,
    until   DATE,               -- the last day on which it holds; NULL for ever
    note    VARCHAR NOT NULL
);

UPDATE meta SET value = '3' WHERE name = 'schema';
