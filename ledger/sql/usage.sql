-- The ledger's stored views: each is defined here and nowhere else, and made anew
-- when a ledger gets the tables of a schema version. Whoever changes one adds a file to
-- schema/, for a ledger with the old one is an older ledger.
--
-- DuckDB binds the names in a stored view when it is asked: a temporary table
-- owned, keys, charges, scopes or series takes its place in these. None asks the
-- tables loads, daily, findings, rejects, links, restatements, answers, invoices,
-- activity, periods, owners and budgets: ad-hoc SQL puts views of these names before them.

-- The texts of the current charges, with their scope's, and whether the charges
-- are shown: of an actual scope that an amortized one shadows only what buys or
-- refunds a commitment is.
CREATE OR REPLACE VIEW current_keys AS
SELECT k.*,
       s.load_id, s.ref, s.cost_type, s.BillingAccountId, s.BillingAccountName, s.SubAccountId, s.SubAccountName,
       s.x_BillingPeriod, s.BillingPeriodStart, s.BillingPeriodEnd, s.BillingCurrency, s.shadowed,
       NOT s.shadowed
       OR (k.ChargeCategory IN ('Purchase', 'Credit')
           AND (k.PricingCategory = 'Committed' OR k.CommitmentDiscountId IS NOT NULL)) AS shown
FROM keys k JOIN scopes s ON s.scope_id = k.scope_id
WHERE s.state = 'current';

-- The dimensions of a series, as each key has them.
CREATE OR REPLACE VIEW key_dimensions AS
SELECT k.key_id, k.x_BillingPeriod, k.shadowed, k.shown, k.BillingAccountId, k.SubAccountId,
       coalesce(k.x_ResourceGroupName, '') AS x_ResourceGroupName, coalesce(k.ServiceName, '') AS ServiceName,
       coalesce(k.RegionId, '') AS RegionId, coalesce(k.ResourceId, '') AS ResourceId, coalesce(k.SkuMeter, '') AS SkuMeter,
       coalesce(k.ConsumedUnit, '') AS ConsumedUnit, coalesce(k.ChargeCategory, '') AS ChargeCategory, k.BillingCurrency
FROM current_keys k;

-- Which key belongs to which series.
CREATE OR REPLACE VIEW key_series AS
SELECT k.key_id, r.series_id, k.x_BillingPeriod, k.SubAccountId, k.BillingCurrency, k.shadowed, k.shown
FROM key_dimensions k
JOIN series r ON r.BillingAccountId = k.BillingAccountId AND r.SubAccountId = k.SubAccountId
    AND r.x_ResourceGroupName = k.x_ResourceGroupName AND r.ServiceName = k.ServiceName AND r.RegionId = k.RegionId
    AND r.ResourceId = k.ResourceId AND r.SkuMeter = k.SkuMeter AND r.ConsumedUnit = k.ConsumedUnit
    AND r.ChargeCategory = k.ChargeCategory AND r.BillingCurrency = k.BillingCurrency;

-- The charges, in FOCUS's words.
CREATE OR REPLACE VIEW usage AS
SELECT
    k.BillingAccountId, k.BillingAccountName, k.SubAccountId, k.SubAccountName,
    k.BillingPeriodStart, k.BillingPeriodEnd,
    c.ChargePeriodStart, c.ChargePeriodEnd,
    k.ChargeCategory, k.ChargeClass, k.ChargeDescription, k.ChargeFrequency, k.PricingCategory,
    k.CommitmentDiscountId, k.CommitmentDiscountName, k.CommitmentDiscountStatus,
    k.ServiceCategory, k.ServiceName, k.ServiceSubcategory,
    k.SkuId, k.SkuPriceId, k.SkuMeter, k.RegionId, k.RegionName,
    k.ResourceId, k.ResourceName, k.ResourceType,
    c.ConsumedQuantity, k.ConsumedUnit, c.PricingQuantity, k.PricingUnit,
    c.ListUnitPrice, c.ContractedUnitPrice, c.ListCost, c.ContractedCost,
    c.BilledCost,
    CASE WHEN k.shadowed THEN 0::DECIMAL(38, 18) ELSE c.EffectiveCost END AS EffectiveCost,
    k.BillingCurrency, k.InvoiceId, k.ProviderName, k.PublisherName, k.Tags,
    k.InvoiceIssuerName, k.ServiceProviderName, k.HostProviderName, k.InvoiceDetailId,
    k.BillingAccountType, k.SubAccountType, k.PricingCurrency, k.SkuPriceDetails,
    k.AvailabilityZone, k.CapacityReservationId, k.CapacityReservationStatus, k.CommitmentDiscountCategory,
    k.CommitmentDiscountType, k.CommitmentDiscountUnit, k.AllocatedMethodId, k.AllocatedMethodDetails,
    k.AllocatedResourceId, k.AllocatedResourceName, k.AllocatedTags, k.ContractApplied,
    c.CommitmentDiscountQuantity, c.PricingCurrencyContractedUnitPrice, c.PricingCurrencyEffectiveCost, c.PricingCurrencyListUnitPrice,
    k.x_ResourceGroupName, k.x_MeterId, k.x_MeterSubcategory, k.x_CostCenter, k.x_InvoiceSectionName,
    k.x_BillingPeriod, o.owner AS x_Owner, k.cost_type AS x_CostType,
    k.ref AS x_SourceFile, k.load_id AS x_LoadId
FROM charges c
JOIN current_keys k ON k.key_id = c.key_id
LEFT JOIN owned o ON o.key_id = c.key_id AND c.ChargePeriodStart >= o.first_day AND c.ChargePeriodStart < o.end_day
WHERE k.shown;

-- The view usage with each cost in a reporting currency beside its own: at the
-- newest rate not after the charge, and NULL where there is none. A charge in the
-- reporting currency itself is as it is.
CREATE OR REPLACE VIEW usage_converted AS
WITH targets AS (SELECT DISTINCT "to" AS currency FROM rates)
SELECT u.*, t.currency AS x_ReportingCurrency,
    CASE WHEN u.BillingCurrency = t.currency THEN u.BilledCost ELSE u.BilledCost::DECIMAL(24, 10) * r.rate END AS x_ReportingBilledCost,
    CASE WHEN u.BillingCurrency = t.currency THEN u.EffectiveCost ELSE u.EffectiveCost::DECIMAL(24, 10) * r.rate END AS x_ReportingEffectiveCost,
    r.date AS x_RateDate
FROM usage u CROSS JOIN targets t
ASOF LEFT JOIN rates r ON r."from" = u.BillingCurrency AND r."to" = t.currency AND r.date <= u.ChargePeriodStart::DATE;

-- What usage_converted cannot convert: the charges of the days before a currency's first
-- rate, and of currencies without one. Whoever adds up the reporting currency adds up the
-- rest only.
CREATE OR REPLACE VIEW usage_unconverted AS
SELECT BillingCurrency, x_ReportingCurrency, min(ChargePeriodStart)::DATE AS x_FirstDay, max(ChargePeriodStart)::DATE AS x_LastDay,
       count(*) AS x_Rows, sum(BilledCost) AS BilledCost, sum(EffectiveCost) AS EffectiveCost
FROM usage_converted
WHERE x_ReportingBilledCost IS NULL
GROUP BY ALL;

-- The hours of each reservation on each day, as Azure's reservation details have them: a row of
-- these is an instance that used some, beside all hours of the reservation.
CREATE OR REPLACE VIEW reservation_hours AS
SELECT CAST(said['usagedate'] AS DATE) AS day, said['reservationid'] AS id, max(said['reservationorderid']) AS order_id, max(said['skuname']) AS sku,
       max(said['reservedhours']::DECIMAL(38, 18)) AS reserved, sum(said['usedhours']::DECIMAL(38, 18)) AS used,
       count(*) AS instances
FROM reservations WHERE kind = 'hours'
GROUP BY ALL;
