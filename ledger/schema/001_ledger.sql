-- The ledger: what was loaded, what replaced what, and every charge.
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
    loaded_at TIMESTAMP NOT NULL
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
    state              VARCHAR NOT NULL, -- current, superseded
    superseded_by      BIGINT,           -- the load that replaced it
    -- An amortized file of the same account and period is current: of this
    -- actual one only commitment purchases and refunds are shown.
    shadowed           BOOLEAN NOT NULL DEFAULT false
);

CREATE TABLE keys (
    key_id                   BIGINT NOT NULL, -- load_id * 2^32 + n
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
    EffectiveCost       DECIMAL(38, 18) NOT NULL
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

CREATE VIEW usage AS
SELECT
    s.BillingAccountId, s.BillingAccountName, s.SubAccountId, s.SubAccountName,
    s.BillingPeriodStart, s.BillingPeriodEnd,
    c.ChargePeriodStart, c.ChargePeriodEnd,
    k.ChargeCategory, k.ChargeClass, k.ChargeDescription, k.ChargeFrequency, k.PricingCategory,
    k.CommitmentDiscountId, k.CommitmentDiscountName, k.CommitmentDiscountStatus,
    k.ServiceCategory, k.ServiceName, k.ServiceSubcategory,
    k.SkuId, k.SkuPriceId, k.SkuMeter, k.RegionId, k.RegionName,
    k.ResourceId, k.ResourceName, k.ResourceType,
    c.ConsumedQuantity, k.ConsumedUnit, c.PricingQuantity, k.PricingUnit,
    c.ListUnitPrice, c.ContractedUnitPrice, c.ListCost, c.ContractedCost,
    c.BilledCost,
    CASE WHEN s.shadowed THEN 0::DECIMAL(38, 18) ELSE c.EffectiveCost END AS EffectiveCost,
    s.BillingCurrency, k.InvoiceId, k.ProviderName, k.PublisherName, k.Tags,
    k.x_ResourceGroupName, k.x_MeterId, k.x_MeterSubcategory, k.x_CostCenter, k.x_InvoiceSectionName,
    s.x_BillingPeriod, NULL::VARCHAR AS x_Owner, s.cost_type AS x_CostType,
    l.ref AS x_SourceFile, s.load_id AS x_LoadId
FROM charges c
JOIN keys k ON k.key_id = c.key_id
JOIN scopes s ON s.scope_id = k.scope_id
JOIN loads l ON l.load_id = s.load_id
WHERE s.state = 'current'
  AND (NOT s.shadowed
       OR (k.ChargeCategory IN ('Purchase', 'Credit')
           AND (k.PricingCategory = 'Committed' OR k.CommitmentDiscountId IS NOT NULL)));

INSERT INTO meta VALUES ('schema', '1');
