-- What became of a figure over time: which run of an export a load is, what each
-- replacement changed, what each load said of each day, what was told to whom;
-- and what joins a charge to its past and to another currency.

ALTER TABLE loads ADD COLUMN version VARCHAR;     -- the source's mark of this content: an ETag; NULL for local files
ALTER TABLE loads ADD COLUMN submitted TIMESTAMP; -- when the export ran, by its manifest
ALTER TABLE loads ADD COLUMN kept VARCHAR;        -- where load --keep put the file

-- scopes.state gains 'purged': superseded, its charges no longer kept, since a
-- newer superseded snapshot of the account and period is.

-- What a replacement changed, per day and service. A line is a resource and
-- meter on a day: added and removed lines are only in the one snapshot, changed
-- ones are in both with another cost or number of rows.
CREATE TABLE restatements (
    load_id            BIGINT NOT NULL, -- which replaced
    replaced_load_id   BIGINT NOT NULL,
    replaced_at        TIMESTAMP NOT NULL,
    BillingAccountId   VARCHAR NOT NULL,
    SubAccountId       VARCHAR NOT NULL,
    x_BillingPeriod    VARCHAR NOT NULL,
    BillingPeriodStart DATE NOT NULL,
    BillingCurrency    VARCHAR NOT NULL,
    day                DATE NOT NULL,
    ServiceName        VARCHAR NOT NULL,
    known              BOOLEAN NOT NULL, -- the replaced snapshot's data reached this day
    rows_added         BIGINT NOT NULL,
    rows_removed       BIGINT NOT NULL,
    rows_changed       BIGINT NOT NULL,  -- as the new snapshot has them
    cost_added         DECIMAL(38, 18) NOT NULL,
    cost_removed       DECIMAL(38, 18) NOT NULL,
    cost_changed       DECIMAL(38, 18) NOT NULL -- new minus old, of the changed lines
);

-- What each load said of each day of an account: from these the share of a day's
-- final cost that is known after some days can be learned.
CREATE TABLE estimates (
    load_id            BIGINT NOT NULL,
    told_at            TIMESTAMP NOT NULL, -- when the export ran, else when it was loaded
    cost_type          VARCHAR NOT NULL,
    BillingAccountId   VARCHAR NOT NULL,
    SubAccountId       VARCHAR NOT NULL,
    x_BillingPeriod    VARCHAR NOT NULL,
    BillingPeriodStart DATE NOT NULL,
    BillingCurrency    VARCHAR NOT NULL,
    day                DATE NOT NULL,
    rows               BIGINT NOT NULL,
    BilledCost         DECIMAL(38, 18) NOT NULL,
    EffectiveCost      DECIMAL(38, 18) NOT NULL
);

-- Each total that was shown to somebody.
CREATE TABLE told_totals (
    told_at         TIMESTAMP NOT NULL,
    what            VARCHAR NOT NULL,   -- report, mail, ...
    "to"            VARCHAR NOT NULL,   -- whose report it was; '' for all owners
    x_BillingPeriod VARCHAR NOT NULL,
    first_day       DATE NOT NULL,
    end_day         DATE NOT NULL,      -- exclusive
    reach           DATE,               -- last day of the data it was made from
    currency        VARCHAR NOT NULL,
    total           DECIMAL(38, 18) NOT NULL,
    last_load_id    BIGINT NOT NULL     -- the newest load it was made from
);

-- The same thing under two names: a resource whose meter was renamed or resized,
-- a subscription or resource that got another id.
CREATE TABLE links (
    kind            VARCHAR NOT NULL, -- meter_renamed, resized, meter_id, resource_id, account_id
    dimension       VARCHAR NOT NULL, -- SkuMeter, x_MeterId, ResourceId, SubAccountId, BillingAccountId
    old             VARCHAR NOT NULL,
    new             VARCHAR NOT NULL,
    SubAccountId    VARCHAR NOT NULL, -- where it was seen; '' where in several
    ResourceId      VARCHAR NOT NULL, -- '' where not of one resource
    ServiceName     VARCHAR NOT NULL,
    last_old        DATE NOT NULL,    -- last day under the old name
    first_new       DATE NOT NULL     -- first day under the new one
);

-- Exchange rates, from a file that the user keeps (date, from, to, rate).
CREATE TABLE rates (
    date   DATE NOT NULL,
    "from" VARCHAR NOT NULL,
    "to"   VARCHAR NOT NULL,
    rate   DECIMAL(14, 8) NOT NULL,
    PRIMARY KEY (date, "from", "to")
);

-- The view usage with each cost in a reporting currency beside its own: at the
-- newest rate not after the charge, and NULL where there is none. A charge in the
-- reporting currency itself is as it is.
CREATE VIEW usage_converted AS
WITH targets AS (SELECT DISTINCT "to" AS currency FROM rates)
SELECT u.*, t.currency AS x_ReportingCurrency,
    CASE WHEN u.BillingCurrency = t.currency THEN u.BilledCost ELSE u.BilledCost::DECIMAL(24, 10) * r.rate END AS x_ReportingBilledCost,
    CASE WHEN u.BillingCurrency = t.currency THEN u.EffectiveCost ELSE u.EffectiveCost::DECIMAL(24, 10) * r.rate END AS x_ReportingEffectiveCost,
    r.date AS x_RateDate
FROM usage u CROSS JOIN targets t
ASOF LEFT JOIN rates r ON r."from" = u.BillingCurrency AND r."to" = t.currency AND r.date <= u.ChargePeriodStart::DATE;

-- The number of each publication of the file, by which a writer's unfinished copy
-- is known to belong to it.
INSERT INTO meta VALUES ('publication', ''), ('base', '');
UPDATE meta SET value = '2' WHERE name = 'schema';
