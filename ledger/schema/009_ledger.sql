-- The ledger: what was loaded, what replaced what, and every charge. It begins with
-- version 9: those before it were never released. Its views stand in sql/usage.sql.
--
-- A charge is stored in two halves: what differs from row to row (charges) and
-- the texts that many rows share (keys). The view usage joins them and speaks
-- FOCUS; nothing outside the ledger and the loader reads the halves.

CREATE TABLE meta (
    name  VARCHAR PRIMARY KEY,
    value VARCHAR NOT NULL
);

CREATE TABLE loads (
    load_id   BIGINT PRIMARY KEY,
    ref       VARCHAR NOT NULL,   -- as shown to people; holds no secret
    sha256    VARCHAR NOT NULL,   -- of the unpacked content
    bytes     BIGINT NOT NULL,    -- of the unpacked content
    format    VARCHAR NOT NULL,
    title     VARCHAR NOT NULL,   -- the format's name for people
    cost_type VARCHAR NOT NULL,   -- actual, amortized, focus, statement
    rows      BIGINT NOT NULL,
    rejected  BIGINT NOT NULL,
    rounded   BIGINT NOT NULL,    -- amounts rounded to the ledger's 18 fraction digits
    loaded_at TIMESTAMP NOT NULL,
    version   VARCHAR,            -- the source's mark of this content: an ETag; NULL for local files
    submitted TIMESTAMP,          -- when the export ran, by its manifest
    kept      VARCHAR             -- where load --keep put the file
);

-- The file's own total per currency, added up while reading, apart from what
-- the ledger then holds: the two must agree.
CREATE TABLE load_totals (
    load_id  BIGINT NOT NULL,
    currency VARCHAR NOT NULL,
    total    DECIMAL(38, 18) NOT NULL
);

CREATE TABLE load_warnings (
    load_id  BIGINT NOT NULL,
    position INTEGER NOT NULL,
    warning  VARCHAR NOT NULL
);

-- One row for each account and billing period of a load: the unit that a newer
-- snapshot replaces.
CREATE TABLE scopes (
    scope_id           BIGINT PRIMARY KEY,
    load_id            BIGINT NOT NULL,
    cost_type          VARCHAR NOT NULL,
    BillingAccountId   VARCHAR NOT NULL,
    BillingAccountName VARCHAR,
    SubAccountId       VARCHAR NOT NULL,
    SubAccountName     VARCHAR,
    x_BillingPeriod    VARCHAR NOT NULL,
    BillingPeriodStart DATE NOT NULL,
    BillingPeriodEnd   DATE NOT NULL,   -- exclusive
    BillingCurrency    VARCHAR NOT NULL,
    rows               BIGINT NOT NULL,
    first_day          DATE,            -- of usage; NULL where there is none
    reach              DATE,            -- last day of usage
    BilledCost         DECIMAL(38, 18) NOT NULL,
    EffectiveCost      DECIMAL(38, 18) NOT NULL,
    -- current, superseded, or purged: superseded, its charges no longer kept, since
    -- a newer superseded snapshot of the account and period is.
    state              VARCHAR NOT NULL,
    superseded_by      BIGINT,           -- the load that replaced it
    -- An amortized file of the same account and period is current: of this
    -- actual one only commitment purchases and refunds are shown.
    shadowed           BOOLEAN NOT NULL DEFAULT false,
    ref                VARCHAR           -- loads.ref
);

CREATE TABLE keys (
    key_id                   BIGINT NOT NULL, -- dense, from 1
    scope_id                 BIGINT NOT NULL,
    rows                     BIGINT NOT NULL,
    ChargeCategory           VARCHAR,
    ChargeClass              VARCHAR,
    ChargeDescription        VARCHAR,
    ChargeFrequency          VARCHAR,
    PricingCategory          VARCHAR,
    CommitmentDiscountId     VARCHAR,
    CommitmentDiscountName   VARCHAR,
    CommitmentDiscountStatus VARCHAR,
    ServiceCategory          VARCHAR,
    ServiceName              VARCHAR,
    ServiceSubcategory       VARCHAR,
    SkuId                    VARCHAR,
    SkuPriceId               VARCHAR,
    SkuMeter                 VARCHAR,
    RegionId                 VARCHAR,
    RegionName               VARCHAR,
    ResourceId               VARCHAR,
    ResourceName             VARCHAR, -- its most frequent spelling in the ledger
    ResourceType             VARCHAR,
    ConsumedUnit             VARCHAR,
    PricingUnit              VARCHAR,
    InvoiceId                VARCHAR,
    ProviderName             VARCHAR,
    PublisherName            VARCHAR,
    Tags                     MAP(VARCHAR, VARCHAR),
    x_ResourceGroupName      VARCHAR, -- its most frequent spelling in the ledger
    x_MeterId                VARCHAR,
    x_MeterSubcategory       VARCHAR,
    x_CostCenter             VARCHAR,
    x_InvoiceSectionName     VARCHAR,
    resource_written         VARCHAR, -- ResourceName as the file spells it
    group_written            VARCHAR  -- x_ResourceGroupName as the file spells it
);

CREATE TABLE charges (
    key_id              BIGINT NOT NULL,
    ChargePeriodStart   TIMESTAMP NOT NULL,
    ChargePeriodEnd     TIMESTAMP NOT NULL, -- exclusive
    ConsumedQuantity    DECIMAL(38, 18),
    PricingQuantity     DECIMAL(38, 18),
    ListUnitPrice       DECIMAL(38, 18),
    ContractedUnitPrice DECIMAL(38, 18),
    ListCost            DECIMAL(38, 18),
    ContractedCost      DECIMAL(38, 18),
    BilledCost          DECIMAL(38, 18) NOT NULL,
    EffectiveCost       DECIMAL(38, 18) NOT NULL,
    load_id             BIGINT NOT NULL
);

CREATE TABLE rejects (
    load_id BIGINT NOT NULL,
    ref     VARCHAR NOT NULL,
    line    BIGINT NOT NULL,
    "column" VARCHAR NOT NULL,
    value   VARCHAR,
    reason  VARCHAR NOT NULL
);

-- Findings told before, so that an id survives restated starts and growth.
CREATE TABLE findings (
    id         VARCHAR PRIMARY KEY,
    series     VARCHAR NOT NULL, -- the scope and direction, as one text
    kind       VARCHAR NOT NULL,
    direction  VARCHAR NOT NULL,
    currency   VARCHAR NOT NULL,
    start      DATE NOT NULL,
    "end"      DATE NOT NULL,
    impact     DECIMAL(38, 18) NOT NULL
);

-- The sums that the analysis works on: one row per day and series. The cost as
-- a double, for statistics, stands beside the exact sums.
CREATE TABLE series (
    series_id           BIGINT NOT NULL,
    BillingAccountId    VARCHAR NOT NULL,
    SubAccountId        VARCHAR NOT NULL,
    x_ResourceGroupName VARCHAR NOT NULL,
    ServiceName         VARCHAR NOT NULL,
    RegionId            VARCHAR NOT NULL,
    ResourceId          VARCHAR NOT NULL,
    SkuMeter            VARCHAR NOT NULL,
    ConsumedUnit        VARCHAR NOT NULL,
    ChargeCategory      VARCHAR NOT NULL,
    BillingCurrency     VARCHAR NOT NULL
);

CREATE TABLE daily (
    day              DATE NOT NULL,
    series_id        BIGINT NOT NULL,
    x_BillingPeriod  VARCHAR NOT NULL,
    -- Whether a file's billing period holds the day for its account. Stray hours
    -- of a neighbouring period count in the bill but are no day of their own.
    covered          BOOLEAN NOT NULL,
    BilledCost       DECIMAL(38, 18) NOT NULL,
    EffectiveCost    DECIMAL(38, 18) NOT NULL,
    ConsumedQuantity DECIMAL(38, 18),
    cost             DOUBLE NOT NULL, -- EffectiveCost, rounded to a double
    quantity         DOUBLE NOT NULL
);

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
    EffectiveCost      DECIMAL(38, 18) NOT NULL,
    ServiceName        VARCHAR DEFAULT '' -- '' for all services together
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

-- What owners answered to findings.
CREATE TABLE answers (
    finding VARCHAR NOT NULL,   -- findings.id
    answer  VARCHAR NOT NULL,   -- planned, fixed, not mine, wrong
    said_by VARCHAR NOT NULL,
    said_at TIMESTAMP NOT NULL,
    until   DATE,               -- the last day on which it holds; NULL for ever
    note    VARCHAR NOT NULL
);

-- The sums of daily once more, by load, account, bill and service instead of by
-- series: twenty times fewer, for what is asked of whole accounts and bills.
CREATE TABLE daily_services (
    day            DATE NOT NULL,
    scope_id       BIGINT NOT NULL,
    ServiceName    VARCHAR NOT NULL,
    ChargeCategory VARCHAR NOT NULL,
    covered        BOOLEAN NOT NULL, -- as in daily
    BilledCost     DECIMAL(38, 18) NOT NULL,
    EffectiveCost  DECIMAL(38, 18) NOT NULL
);

-- Whose charges are, as a file of owners says. It is asked anew each time: whoever
-- looks through such a file puts a temporary table before this one, which stays
-- empty.
CREATE TABLE owned (
    key_id    BIGINT NOT NULL,
    first_day DATE NOT NULL,
    end_day   DATE NOT NULL,  -- exclusive
    line      INTEGER NOT NULL, -- of the file
    owner     VARCHAR NOT NULL
);

-- Whose a series is, where a temporary table before this one tells owners apart:
-- then no series has charges of two, and nobody is ''.
CREATE TABLE series_owners (
    series_id BIGINT NOT NULL,
    owner     VARCHAR NOT NULL
);

-- The owners files that the ledger was looked at through.
CREATE TABLE owners_files (
    path    VARCHAR NOT NULL,
    sha256  VARCHAR NOT NULL,
    used_at TIMESTAMP NOT NULL
);

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

-- What was billed. Amounts have the sign with which they count to what is owed: a
-- credit note's are negative. total = net + tax - credits, but for rounding.
CREATE TABLE invoices (
    account         VARCHAR NOT NULL, -- BillingAccountId or SubAccountId
    x_BillingPeriod VARCHAR NOT NULL,
    number          VARCHAR NOT NULL, -- with the two above, what an invoice is known by
    kind            VARCHAR NOT NULL, -- invoice, credit_note
    date            DATE,
    due             DATE,
    currency        VARCHAR NOT NULL,
    net             DECIMAL(38, 18) NOT NULL, -- before tax and credits
    tax             DECIMAL(38, 18) NOT NULL,
    credits         DECIMAL(38, 18) NOT NULL, -- that lessen it
    total           DECIMAL(38, 18) NOT NULL,
    purchases       DECIMAL(38, 18) NOT NULL, -- part of net: purchases and marketplace that no usage file has
    support         DECIMAL(38, 18) NOT NULL, -- part of net: the support plan
    file            VARCHAR,          -- the PDF, by its path from the ledger's folder
    sha256          VARCHAR,          -- its hash
    added_at        TIMESTAMP NOT NULL
);

-- publication is the number of each publication of the file, by which a writer's
-- unfinished copy is known to belong to it.
INSERT INTO meta VALUES ('schema', '9'), ('publication', ''), ('base', '');
