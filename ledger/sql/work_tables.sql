-- The temporary tables of a commit.
CREATE OR REPLACE TEMP TABLE load_days (key_id BIGINT, day DATE, rows BIGINT, billed DECIMAL(38, 18), effective DECIMAL(38, 18));
CREATE OR REPLACE TEMP TABLE load_lines (
    load_id            BIGINT,
    BillingAccountId   VARCHAR,
    SubAccountId       VARCHAR,
    x_BillingPeriod    VARCHAR,
    BillingPeriodStart DATE,
    BillingCurrency    VARCHAR,
    day                DATE,
    ServiceName        VARCHAR,
    line               UBIGINT,
    thing              UBIGINT,
    rows               BIGINT,
    cost               DECIMAL(38, 18)
);
