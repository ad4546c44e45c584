-- The usage as FOCUS wants it (FinOps Open Cost and Usage Specification, the sections on
-- columns), with the columns of all its versions, of which focus_columns.csv says which
-- have which: what must not be null has a value, what must be null has none.
-- What a source did not say is the least that can be said: a list or contracted
-- cost that is not known is the effective one, a category 'Other', and the quantity
-- priced the one consumed, or 1 of a purchase.
-- periods: names of billing periods, with commas; all if not given
-- version: of FOCUS, where its rules for a value differ
WITH named AS (
    SELECT *,
        ChargeCategory IN ('Usage', 'Purchase') AS sold,
        ChargeCategory = 'Tax' AS tax,
        regexp_matches(CommitmentDiscountId, 'savings-?plan', 'i') AS spend,
        CASE WHEN CommitmentDiscountId IS NOT NULL AND ChargeCategory = 'Usage' THEN coalesce(CommitmentDiscountStatus, 'Used') END AS status,
        coalesce(PricingQuantity, ConsumedQuantity) AS quantity,
        coalesce(PricingUnit, ConsumedUnit) AS unit,
        CASE WHEN ChargeCategory <> 'Tax' THEN coalesce(SkuId, x_MeterId, SkuMeter) END AS sku,
        coalesce(ProviderName, PublisherName, 'not said') AS provider
    FROM usage
    WHERE $periods::VARCHAR IS NULL OR x_BillingPeriod IN (SELECT unnest(string_split($periods, ',')))
)
SELECT
    AllocatedMethodDetails, AllocatedMethodId, AllocatedResourceId, AllocatedResourceName, AllocatedTags,
    AvailabilityZone, BilledCost, BillingAccountId, BillingAccountName,
    coalesce(BillingAccountType, 'Billing account') AS BillingAccountType,
    BillingCurrency,
    strftime(BillingPeriodEnd, '%Y-%m-%dT00:00:00Z') AS BillingPeriodEnd,
    strftime(BillingPeriodStart, '%Y-%m-%dT00:00:00Z') AS BillingPeriodStart,
    CapacityReservationId,
    CASE WHEN CapacityReservationId IS NOT NULL THEN coalesce(CapacityReservationStatus, CASE WHEN ChargeCategory = 'Usage' THEN 'Used' END) END AS CapacityReservationStatus,
    ChargeCategory, ChargeClass,
    coalesce(ChargeDescription, SkuMeter, ServiceName, 'not said') AS ChargeDescription,
    CASE WHEN ChargeCategory = 'Purchase' AND coalesce(ChargeFrequency, 'Usage-Based') = 'Usage-Based' THEN 'One-Time'
         ELSE coalesce(ChargeFrequency, CASE WHEN ChargeCategory = 'Usage' THEN 'Usage-Based' ELSE 'One-Time' END) END AS ChargeFrequency,
    strftime(CASE WHEN ChargePeriodEnd > ChargePeriodStart THEN ChargePeriodEnd ELSE ChargePeriodStart + INTERVAL 1 DAY END, '%Y-%m-%dT%H:%M:%SZ') AS ChargePeriodEnd,
    strftime(ChargePeriodStart, '%Y-%m-%dT%H:%M:%SZ') AS ChargePeriodStart,
    CASE WHEN CommitmentDiscountId IS NOT NULL THEN coalesce(CommitmentDiscountCategory, CASE WHEN spend THEN 'Spend' ELSE 'Usage' END) END AS CommitmentDiscountCategory,
    CommitmentDiscountId,
    CASE WHEN CommitmentDiscountId IS NOT NULL THEN CommitmentDiscountName END AS CommitmentDiscountName,
    CASE WHEN CommitmentDiscountId IS NOT NULL AND sold THEN coalesce(CommitmentDiscountQuantity, quantity) END AS CommitmentDiscountQuantity,
    status AS CommitmentDiscountStatus,
    CASE WHEN CommitmentDiscountId IS NOT NULL THEN coalesce(CommitmentDiscountType, CASE WHEN spend THEN 'Savings Plan' ELSE 'Reservation' END) END AS CommitmentDiscountType,
    CASE WHEN CommitmentDiscountId IS NOT NULL AND sold AND coalesce(CommitmentDiscountQuantity, quantity) IS NOT NULL
         THEN coalesce(CommitmentDiscountUnit, unit, 'Units') END AS CommitmentDiscountUnit,
    -- Version 1.0 has a quantity for what was not used of a commitment, the later ones none.
    CASE WHEN ChargeCategory = 'Usage' AND (status IS DISTINCT FROM 'Unused' OR $version::VARCHAR = '1.0') THEN ConsumedQuantity END AS ConsumedQuantity,
    CASE WHEN ChargeCategory = 'Usage' AND (status IS DISTINCT FROM 'Unused' OR $version::VARCHAR = '1.0') AND ConsumedQuantity IS NOT NULL
         THEN coalesce(ConsumedUnit, 'Units') END AS ConsumedUnit,
    ContractApplied,
    coalesce(ContractedCost, EffectiveCost) AS ContractedCost,
    CASE WHEN NOT tax THEN ContractedUnitPrice END AS ContractedUnitPrice,
    EffectiveCost,
    coalesce(HostProviderName, ServiceProviderName, provider) AS HostProviderName,
    InvoiceDetailId, InvoiceId,
    coalesce(InvoiceIssuerName, CASE WHEN lower(ProviderName) = 'azure' THEN 'Microsoft' ELSE provider END) AS InvoiceIssuerName,
    coalesce(ListCost, ContractedCost, EffectiveCost) AS ListCost,
    CASE WHEN NOT tax THEN ListUnitPrice END AS ListUnitPrice,
    -- What buys a commitment is committed in version 1.0, and in no later one.
    CASE WHEN status IS NOT NULL THEN 'Committed'
         WHEN NOT tax AND CommitmentDiscountId IS NOT NULL AND $version::VARCHAR = '1.0' THEN 'Committed'
         WHEN ChargeCategory = 'Purchase' AND CommitmentDiscountId IS NOT NULL AND PricingCategory = 'Committed' THEN 'Standard'
         WHEN sold THEN coalesce(PricingCategory, 'Other') END AS PricingCategory,
    coalesce(PricingCurrency, BillingCurrency) AS PricingCurrency,
    CASE WHEN NOT tax THEN CASE WHEN coalesce(PricingCurrency, BillingCurrency) = BillingCurrency THEN ContractedUnitPrice
         ELSE PricingCurrencyContractedUnitPrice END END AS PricingCurrencyContractedUnitPrice,
    CASE WHEN coalesce(PricingCurrency, BillingCurrency) = BillingCurrency THEN EffectiveCost ELSE PricingCurrencyEffectiveCost END AS PricingCurrencyEffectiveCost,
    CASE WHEN NOT tax THEN CASE WHEN coalesce(PricingCurrency, BillingCurrency) = BillingCurrency THEN ListUnitPrice
         ELSE PricingCurrencyListUnitPrice END END AS PricingCurrencyListUnitPrice,
    CASE WHEN sold THEN coalesce(quantity, 1) END AS PricingQuantity,
    CASE WHEN sold THEN coalesce(unit, 'Units') END AS PricingUnit,
    provider AS ProviderName,
    coalesce(PublisherName, ProviderName, 'not said') AS PublisherName,
    RegionId,
    CASE WHEN RegionId IS NOT NULL THEN coalesce(RegionName, RegionId) END AS RegionName,
    ResourceId,
    CASE WHEN ResourceId IS NOT NULL THEN coalesce(ResourceName, ResourceId) END AS ResourceName,
    CASE WHEN ResourceId IS NOT NULL THEN coalesce(ResourceType, 'Other') END AS ResourceType,
    coalesce(ServiceCategory, 'Other') AS ServiceCategory,
    coalesce(ServiceName, 'not said') AS ServiceName,
    coalesce(ServiceProviderName, provider) AS ServiceProviderName,
    coalesce(ServiceSubcategory, 'Other (' || coalesce(ServiceCategory, 'Other') || ')') AS ServiceSubcategory,
    sku AS SkuId,
    CASE WHEN NOT tax THEN SkuMeter END AS SkuMeter,
    CASE WHEN NOT tax AND sku IS NOT NULL AND json_valid(SkuPriceDetails) THEN SkuPriceDetails END AS SkuPriceDetails,
    CASE WHEN NOT tax THEN coalesce(SkuPriceId, sku) END AS SkuPriceId,
    SubAccountId,
    CASE WHEN SubAccountId IS NOT NULL THEN SubAccountName END AS SubAccountName,
    CASE WHEN SubAccountId IS NOT NULL THEN coalesce(SubAccountType, 'Sub account') END AS SubAccountType,
    to_json(Tags)::VARCHAR AS Tags,
    x_BillingPeriod, x_CostCenter, x_CostType, x_InvoiceSectionName, x_MeterId, x_MeterSubcategory, x_Owner, x_ResourceGroupName
FROM named
