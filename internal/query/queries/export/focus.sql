-- The usage as FOCUS 1.2 wants it (FinOps Open Cost and Usage Specification 1.2,
-- section 3): what must not be null has a value, what must be null has none.
-- What a source did not say is the least that can be said: a list or contracted
-- cost that is not known is the effective one, a category 'Other', and the quantity
-- priced the one consumed, or 1 of a purchase.
-- periods: names of billing periods, with commas; all if not given
WITH named AS (
    SELECT *,
        ChargeCategory IN ('Usage', 'Purchase') AS sold,
        ChargeCategory = 'Tax' AS tax,
        regexp_matches(CommitmentDiscountId, 'savings-?plan', 'i') AS spend,
        CASE WHEN CommitmentDiscountId IS NOT NULL AND ChargeCategory = 'Usage' THEN coalesce(CommitmentDiscountStatus, 'Used') END AS status,
        coalesce(PricingQuantity, ConsumedQuantity) AS quantity,
        coalesce(PricingUnit, ConsumedUnit) AS unit
    FROM usage
    WHERE $periods::VARCHAR IS NULL OR x_BillingPeriod IN (SELECT unnest(string_split($periods, ',')))
)
SELECT
    BilledCost, BillingAccountId, BillingAccountName, BillingCurrency,
    strftime(BillingPeriodEnd, '%Y-%m-%dT00:00:00Z') AS BillingPeriodEnd,
    strftime(BillingPeriodStart, '%Y-%m-%dT00:00:00Z') AS BillingPeriodStart,
    ChargeCategory, ChargeClass,
    coalesce(ChargeDescription, SkuMeter, ServiceName, 'not said') AS ChargeDescription,
    CASE WHEN ChargeCategory = 'Purchase' AND coalesce(ChargeFrequency, 'Usage-Based') = 'Usage-Based' THEN 'One-Time'
         ELSE coalesce(ChargeFrequency, CASE WHEN ChargeCategory = 'Usage' THEN 'Usage-Based' ELSE 'One-Time' END) END AS ChargeFrequency,
    strftime(ChargePeriodEnd, '%Y-%m-%dT%H:%M:%SZ') AS ChargePeriodEnd,
    strftime(ChargePeriodStart, '%Y-%m-%dT%H:%M:%SZ') AS ChargePeriodStart,
    CASE WHEN CommitmentDiscountId IS NOT NULL THEN CASE WHEN spend THEN 'Spend' ELSE 'Usage' END END AS CommitmentDiscountCategory,
    CommitmentDiscountId,
    CASE WHEN CommitmentDiscountId IS NOT NULL THEN CommitmentDiscountName END AS CommitmentDiscountName,
    CASE WHEN CommitmentDiscountId IS NOT NULL AND sold THEN quantity END AS CommitmentDiscountQuantity,
    status AS CommitmentDiscountStatus,
    CASE WHEN CommitmentDiscountId IS NOT NULL THEN CASE WHEN spend THEN 'Savings Plan' ELSE 'Reservation' END END AS CommitmentDiscountType,
    CASE WHEN CommitmentDiscountId IS NOT NULL AND sold AND quantity IS NOT NULL THEN coalesce(unit, 'Units') END AS CommitmentDiscountUnit,
    CASE WHEN ChargeCategory = 'Usage' AND status IS DISTINCT FROM 'Unused' THEN ConsumedQuantity END AS ConsumedQuantity,
    CASE WHEN ChargeCategory = 'Usage' AND status IS DISTINCT FROM 'Unused' AND ConsumedQuantity IS NOT NULL THEN coalesce(ConsumedUnit, 'Units') END AS ConsumedUnit,
    coalesce(ContractedCost, EffectiveCost) AS ContractedCost,
    CASE WHEN NOT tax THEN ContractedUnitPrice END AS ContractedUnitPrice,
    EffectiveCost, InvoiceId,
    CASE WHEN lower(ProviderName) = 'azure' THEN 'Microsoft' ELSE coalesce(ProviderName, PublisherName, 'not said') END AS InvoiceIssuerName,
    coalesce(ListCost, ContractedCost, EffectiveCost) AS ListCost,
    CASE WHEN NOT tax THEN ListUnitPrice END AS ListUnitPrice,
    CASE WHEN status IS NOT NULL THEN 'Committed' WHEN sold THEN coalesce(PricingCategory, 'Other') END AS PricingCategory,
    CASE WHEN sold THEN coalesce(quantity, 1) END AS PricingQuantity,
    CASE WHEN sold THEN coalesce(unit, 'Units') END AS PricingUnit,
    coalesce(ProviderName, PublisherName, 'not said') AS ProviderName,
    coalesce(PublisherName, ProviderName, 'not said') AS PublisherName,
    RegionId,
    CASE WHEN RegionId IS NOT NULL THEN coalesce(RegionName, RegionId) END AS RegionName,
    ResourceId,
    CASE WHEN ResourceId IS NOT NULL THEN coalesce(ResourceName, ResourceId) END AS ResourceName,
    CASE WHEN ResourceId IS NOT NULL THEN coalesce(ResourceType, 'Other') END AS ResourceType,
    coalesce(ServiceCategory, 'Other') AS ServiceCategory,
    coalesce(ServiceName, 'not said') AS ServiceName,
    coalesce(ServiceSubcategory, 'Other (' || coalesce(ServiceCategory, 'Other') || ')') AS ServiceSubcategory,
    CASE WHEN NOT tax THEN SkuId END AS SkuId,
    CASE WHEN NOT tax THEN SkuMeter END AS SkuMeter,
    CASE WHEN NOT tax AND SkuId IS NOT NULL THEN SkuPriceId END AS SkuPriceId,
    SubAccountId,
    CASE WHEN SubAccountId IS NOT NULL THEN SubAccountName END AS SubAccountName,
    to_json(Tags)::VARCHAR AS Tags,
    x_BillingPeriod, x_CostCenter, x_CostType, x_InvoiceSectionName, x_MeterId, x_MeterSubcategory, x_Owner, x_ResourceGroupName
FROM named
ORDER BY x_BillingPeriod, ChargePeriodStart, SubAccountId, ResourceId
