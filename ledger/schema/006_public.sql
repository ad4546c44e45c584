-- The view usage asks none of the tables loads, daily, findings, rejects, links,
-- restatements, answers, periods, owners and budgets: ad-hoc SQL puts views of
-- these names before the ledger's own tables, and DuckDB binds the names in a
-- stored view when it is asked. A scope keeps its file's name for it.
ALTER TABLE scopes ADD COLUMN ref VARCHAR; -- loads.ref
UPDATE scopes SET ref = (SELECT l.ref FROM loads l WHERE l.load_id = scopes.load_id);

CREATE OR REPLACE VIEW usage AS
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
    s.x_BillingPeriod, o.owner AS x_Owner, s.cost_type AS x_CostType,
    s.ref AS x_SourceFile, s.load_id AS x_LoadId
FROM charges c
JOIN keys k ON k.key_id = c.key_id
JOIN scopes s ON s.scope_id = k.scope_id
LEFT JOIN owned o ON o.key_id = c.key_id AND c.ChargePeriodStart >= o.first_day AND c.ChargePeriodStart < o.end_day
WHERE s.state = 'current'
  AND (NOT s.shadowed
       OR (k.ChargeCategory IN ('Purchase', 'Credit')
           AND (k.PricingCategory = 'Committed' OR k.CommitmentDiscountId IS NOT NULL)));

UPDATE meta SET value = '6' WHERE name = 'schema';
