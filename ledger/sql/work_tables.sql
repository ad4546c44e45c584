-- The temporary tables of a commit.
CREATE OR REPLACE TEMP TABLE load_days (key_id BIGINT, day DATE, rows BIGINT, billed DECIMAL(38, 18), effective DECIMAL(38, 18), ahead BOOLEAN, hours UINTEGER, last_start TIMESTAMP);
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
    cost               DECIMAL(38, 18),
    used               BOOLEAN, -- there is a row of it that costs something, or nothing
    back               BOOLEAN  -- there is one that gives something back
);
-- The days for which loads speak by their manifests.
CREATE OR REPLACE TEMP TABLE load_spans (load_id BIGINT, from_day DATE, to_day DATE);
-- How far east of UTC the places of scopes are, where that is known.
CREATE OR REPLACE TEMP TABLE places (scope_id BIGINT, east INTERVAL);
-- The scopes that are divided by days, from when to before when what goes to the new one begins, and their keys that
-- have charges on both sides.
CREATE OR REPLACE TEMP TABLE split_scopes (old_scope BIGINT, new_scope BIGINT, begins TIMESTAMP, ends TIMESTAMP);
CREATE OR REPLACE TEMP TABLE split_keys (old_key BIGINT, new_key BIGINT);
-- The days of accounts on which a load counts that is preferred to another.
CREATE OR REPLACE TEMP TABLE preferred_days (SubAccountId VARCHAR, from_day DATE, to_day DATE);
