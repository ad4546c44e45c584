-- What was sent or handed out: once per owner and period, and with what it said,
-- so that a later difference can be explained.
CREATE TABLE records (
    id              VARCHAR NOT NULL, -- R-..., from what it says
    what            VARCHAR NOT NULL, -- report, corrected, findings, summary
    owner           VARCHAR NOT NULL, -- whose it is; '' for all charges
    x_BillingPeriod VARCHAR NOT NULL, -- '' where it is of no period
    first_day       DATE,
    end_day         DATE,             -- exclusive
    made_at         TIMESTAMP NOT NULL,
    state           VARCHAR NOT NULL, -- recorded, sending, sent, failed
    record          VARCHAR NOT NULL  -- all of it, JSON: ledger.Record
);

-- The owners files that reports were made through.
CREATE TABLE owners_texts (
    sha256 VARCHAR NOT NULL,
    text   VARCHAR NOT NULL
);

UPDATE meta SET value = '7' WHERE name = 'schema';
