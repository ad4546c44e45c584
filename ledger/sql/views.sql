-- What ad-hoc SQL finds beside usage, in FOCUS's words: temporary views and tables
-- on one connection, which stand before the ledger's own tables of these names.
-- {ledger} is the catalog of the ledger's file. findings, periods, owners,
-- budgets, metrics and events are filled by whoever asks for them.

CREATE OR REPLACE TEMP VIEW usage AS FROM {ledger}.main.usage;

CREATE OR REPLACE TEMP VIEW loads AS
SELECT l.load_id AS x_LoadId, l.ref AS x_SourceFile, l.title AS x_Format, l.cost_type AS x_CostType,
       l.rows AS x_Rows, l.rejected AS x_Rejected,
       (SELECT map(list(currency ORDER BY currency), list(total ORDER BY currency)) FROM {ledger}.main.load_totals t WHERE t.load_id = l.load_id) AS x_Totals,
       l.loaded_at AS x_LoadedAt, l.submitted AS x_ExportedAt,
       coalesce((SELECT CASE WHEN bool_and(s.state = 'current') THEN 'current' WHEN bool_or(s.state = 'current') THEN 'current in part' ELSE 'superseded' END
                 FROM {ledger}.main.scopes s WHERE s.load_id = l.load_id), 'current') AS x_State,
       l.bytes AS x_Bytes, l.sha256 AS x_SHA256
FROM {ledger}.main.loads l;

CREATE OR REPLACE TEMP VIEW daily AS
SELECT d.day AS ChargePeriodStart, d.x_BillingPeriod, s.BillingAccountId, s.SubAccountId,
       nullif(s.x_ResourceGroupName, '') AS x_ResourceGroupName, nullif(s.ServiceName, '') AS ServiceName, nullif(s.RegionId, '') AS RegionId,
       nullif(s.ResourceId, '') AS ResourceId, nullif(s.SkuMeter, '') AS SkuMeter, nullif(s.ChargeCategory, '') AS ChargeCategory,
       d.ConsumedQuantity, nullif(s.ConsumedUnit, '') AS ConsumedUnit, d.BilledCost, d.EffectiveCost, s.BillingCurrency, d.covered AS x_Covered
FROM (FROM {ledger}.main.daily {days}) d JOIN {ledger}.main.series s USING (series_id);

CREATE OR REPLACE TEMP VIEW rejects AS
SELECT load_id AS x_LoadId, ref AS x_SourceFile, line AS x_Line, "column" AS x_Column, value AS x_Value, reason AS x_Reason
FROM {ledger}.main.rejects;

CREATE OR REPLACE TEMP VIEW links AS
SELECT kind AS x_Kind, dimension AS x_Dimension, old AS x_Old, new AS x_New, nullif(SubAccountId, '') AS SubAccountId,
       nullif(ResourceId, '') AS ResourceId, ServiceName, last_old AS x_LastOld, first_new AS x_FirstNew
FROM {ledger}.main.links;

CREATE OR REPLACE TEMP VIEW restatements AS
SELECT load_id AS x_LoadId, replaced_load_id AS x_ReplacedLoadId, replaced_at AS x_ReplacedAt, BillingAccountId, SubAccountId,
       x_BillingPeriod, BillingPeriodStart, day AS ChargePeriodStart, ServiceName, BillingCurrency, known AS x_Known,
       rows_added AS x_RowsAdded, rows_removed AS x_RowsRemoved, rows_changed AS x_RowsChanged,
       cost_added AS x_CostAdded, cost_removed AS x_CostRemoved, cost_changed AS x_CostChanged
FROM {ledger}.main.restatements;

CREATE OR REPLACE TEMP VIEW answers AS
SELECT finding AS x_FindingId, answer AS x_Answer, said_by AS x_AnsweredBy, said_at AS x_AnsweredAt, until AS x_Until, note AS x_Note
FROM {ledger}.main.answers;

CREATE OR REPLACE TEMP VIEW invoices AS
SELECT account AS x_BilledAccount, x_BillingPeriod, number AS InvoiceId, kind AS x_Kind, date AS x_InvoiceDate, due AS x_DueDate,
       net AS x_Net, tax AS x_Tax, credits AS x_Credits, total AS x_Total, purchases AS x_Purchases, support AS x_Support,
       currency AS BillingCurrency, file AS x_File, sha256 AS x_SHA256, added_at AS x_AddedAt
FROM {ledger}.main.invoices;

CREATE OR REPLACE TEMP VIEW activity AS
SELECT ResourceId, done_at AS x_At, what AS x_What, size AS x_Size, operation AS x_Operation, caller AS x_Caller, x_SourceFile
FROM {ledger}.main.activity;

CREATE OR REPLACE TEMP VIEW contract_commitments AS FROM {ledger}.main.contract_commitments;

CREATE OR REPLACE TEMP VIEW ai_usage AS
WITH ai AS (
    SELECT u.*, token_kind(u.ServiceName, u.x_MeterSubcategory, u.SkuMeter) AS kind
    FROM usage u
    WHERE u.ServiceCategory = 'AI and Machine Learning' OR azure_ai(u.ServiceName, u.x_MeterSubcategory)
)
SELECT ChargePeriodStart, x_BillingPeriod, ProviderName, BillingAccountId, SubAccountId, SubAccountName, x_ResourceGroupName, ResourceId, ResourceName, ServiceName,
    SkuMeter, ConsumedQuantity, ConsumedUnit, ListCost, BilledCost, EffectiveCost, BillingCurrency, x_Owner,
    token_model(ProviderName, SkuMeter, SkuId) AS x_Model,
    kind AS x_TokenKind,
    CASE WHEN kind IS NOT NULL THEN ConsumedQuantity * token_unit(ConsumedUnit) END AS x_Tokens,
    SubAccountType IS NOT DISTINCT FROM 'Token count' AS x_CountOnly
FROM ai;

CREATE OR REPLACE TEMP VIEW reservation_days AS
SELECT day AS ChargePeriodStart, id AS x_ReservationId, order_id AS x_ReservationOrderId, sku AS x_SkuName, reserved AS x_ReservedHours, used AS x_UsedHours,
       instances AS x_Instances
FROM {ledger}.main.reservation_hours;

CREATE OR REPLACE TEMP VIEW reservation_transactions AS
SELECT said['eventdate']::DATE AS x_EventDate, said['eventtype'] AS x_EventType, said['reservationorderid'] AS x_ReservationOrderId,
       said['reservationordername'] AS x_ReservationOrderName, said['armskuname'] AS x_SkuName, said['region'] AS RegionId, said['term'] AS x_Term,
       said['billingfrequency'] AS x_BillingFrequency, said['quantity']::DECIMAL(38, 18) AS x_Quantity, said['amount']::DECIMAL(38, 18) AS x_Amount,
       said['currency'] AS BillingCurrency, said['purchasingsubscriptionguid'] AS SubAccountId, said['purchasingsubscriptionname'] AS SubAccountName,
       said['description'] AS x_Description, x_SourceFile
FROM {ledger}.main.reservations WHERE kind = 'transaction';

CREATE OR REPLACE TEMP VIEW reservation_recommendations AS
SELECT said['scope'] AS x_Scope, said['subscriptionid'] AS SubAccountId, said['resourcetype'] AS x_ResourceType, said['sku'] AS x_SkuName, said['location'] AS RegionId,
       said['term'] AS x_Term, said['lookbackperiod'] AS x_LookBackPeriod, said['instanceflexibilitygroup'] AS x_FlexibilityGroup,
       said['recommendedquantity']::DECIMAL(38, 18) AS x_RecommendedQuantity, said['costwithnoreservedinstances']::DECIMAL(38, 18) AS x_CostWithout,
       said['totalcostwithreservedinstances']::DECIMAL(38, 18) AS x_CostWith, said['netsavings']::DECIMAL(38, 18) AS x_NetSavings,
       said['meterid'] AS x_MeterId, x_SourceFile
FROM {ledger}.main.reservations WHERE kind = 'recommendation';

-- What was not used of a commitment is a charge of its own, or stands with the fee (AWS).
-- Files of what is billed alone do not say what was used.
CREATE OR REPLACE TEMP VIEW commitment_days AS
WITH parts AS (
    SELECT *, coalesce(ChargeCategory = 'Usage' AND CommitmentDiscountStatus = 'Used', false) AS used,
           coalesce(CommitmentDiscountStatus = 'Unused' OR ChargeCategory = 'Purchase' AND x_CostType <> 'actual', false) AS unused
    FROM usage WHERE CommitmentDiscountId <> ''
)
SELECT ChargePeriodStart::DATE AS ChargePeriodStart, x_BillingPeriod, SubAccountId, CommitmentDiscountId, max(CommitmentDiscountName) AS CommitmentDiscountName,
       max(CommitmentDiscountType) AS CommitmentDiscountType, BillingCurrency, sum(BilledCost) AS BilledCost,
       coalesce(sum(EffectiveCost) FILTER (used), 0) AS x_Used, coalesce(sum(EffectiveCost) FILTER (unused), 0) AS x_Unused,
       CASE WHEN bool_and(NOT used OR coalesce(ListCost, 0) <> 0) THEN coalesce(sum(ListCost) FILTER (used), 0) END AS x_ListCost
FROM parts
GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE periods (
    x_BillingPeriod    VARCHAR,
    BillingPeriodStart DATE,
    BillingPeriodEnd   DATE,
    x_State            VARCHAR,
    x_Reach            DATE,
    x_Accounts         INTEGER,
    EffectiveCost      DECIMAL(38, 18),
    BillingCurrency    VARCHAR
);

CREATE OR REPLACE TEMP TABLE findings (
    x_FindingId         VARCHAR,
    x_Severity          VARCHAR,
    x_Kind              VARCHAR,
    x_Direction         VARCHAR,
    x_Start             DATE,
    x_End               DATE,
    x_Ongoing           BOOLEAN,
    SubAccountId        VARCHAR,
    x_ResourceGroupName VARCHAR,
    ServiceName         VARCHAR,
    RegionId            VARCHAR,
    ResourceId          VARCHAR,
    SkuMeter            VARCHAR,
    x_Scope             VARCHAR,
    x_Actual            DECIMAL(38, 18),
    x_Expected          DECIMAL(38, 18),
    x_Low               DECIMAL(38, 18),
    x_High              DECIMAL(38, 18),
    x_Impact            DECIMAL(38, 18),
    x_PerMonth          DECIMAL(38, 18),
    BillingCurrency     VARCHAR,
    x_Explanation       VARCHAR,
    x_Answer            VARCHAR
);

CREATE OR REPLACE TEMP TABLE owners (
    x_Owner      VARCHAR,
    x_Emails     VARCHAR[],
    x_Language   VARCHAR,
    x_Channel    VARCHAR,
    x_CostCenter VARCHAR,
    x_Note       VARCHAR,
    x_Line       INTEGER
);

CREATE OR REPLACE TEMP TABLE budgets (
    x_Owner         VARCHAR,
    x_Budget        DECIMAL(38, 18),
    BillingCurrency VARCHAR,
    x_BudgetPeriod  VARCHAR
);

CREATE OR REPLACE TEMP TABLE metrics (
    ChargePeriodStart DATE,
    x_Metric          VARCHAR,
    x_Of              VARCHAR,
    x_Value           DECIMAL(38, 18)
);

CREATE OR REPLACE TEMP TABLE events (
    ChargePeriodStart DATE,
    x_Event           VARCHAR,
    x_Line            BIGINT
);
