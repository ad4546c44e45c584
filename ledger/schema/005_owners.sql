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
    l.ref AS x_SourceFile, s.load_id AS x_LoadId
FROM charges c
JOIN keys k ON k.key_id = c.key_id
JOIN scopes s ON s.scope_id = k.scope_id
JOIN loads l ON l.load_id = s.load_id
LEFT JOIN owned o ON o.key_id = c.key_id AND c.ChargePeriodStart >= o.first_day AND c.ChargePeriodStart < o.end_day
WHERE s.state = 'current'
  AND (NOT s.shadowed
       OR (k.ChargeCategory IN ('Purchase', 'Credit')
           AND (k.PricingCategory = 'Committed' OR k.CommitmentDiscountId IS NOT NULL)));

UPDATE meta SET value = '5' WHERE name = 'schema';
