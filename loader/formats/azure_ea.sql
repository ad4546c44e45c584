-- format:   azure_ea
-- title:    Azure EA cost export
-- cost:     actual or amortized
-- agreement: enterprise
-- contract: EA
-- requires: Date, SubscriptionId, MeterCategory, MeterName, MeterId, Quantity, Cost|CostInBillingCurrency, BillingCurrency|BillingCurrencyCode, BillingAccountId, AccountOwnerId|AccountName|PartNumber|OfferId
-- accepts:  Product|ProductName, InvoiceSection|InvoiceSectionName
-- days:     Date
-- order:    month-first
-- periods:  BillingPeriodStartDate, BillingPeriodEndDate
-- numbers:  Quantity, Cost, UnitPrice, PayGPrice
-- total:    Cost
-- currency: BillingCurrency
-- tags:     Tags
--
-- EA exports of the schema versions 2020-01-01 to 2024-08-01 and the file that
-- the portal really writes (Cost, BillingCurrency, Product). Costs are before
-- credits and tax, in the billing currency. The last of what it requires is what no other agreement's export has, of
-- which people take the owners' addresses out.
SELECT
    _key,
    "Date"                                        AS ChargePeriodStart,
    "Date" + INTERVAL 1 DAY                       AS ChargePeriodEnd,
    "BillingAccountId"                            AS BillingAccountId,
    "BillingAccountName"                          AS BillingAccountName,
    azure_subscription("SubscriptionId")          AS SubAccountId,
    "SubscriptionName"                            AS SubAccountName,
    azure_period_start("BillingPeriodStartDate", "BillingPeriodEndDate", _month) AS BillingPeriodStart,
    azure_charge_category("ChargeType")           AS ChargeCategory,
    azure_charge_class("ChargeType")              AS ChargeClass,
    "Product"                                     AS ChargeDescription,
    azure_frequency("Frequency")                  AS ChargeFrequency,
    azure_pricing_category("PricingModel")        AS PricingCategory,
    coalesce("benefitId", "ReservationId")        AS CommitmentDiscountId,
    coalesce("benefitName", "ReservationName")    AS CommitmentDiscountName,
    azure_commitment_status("ChargeType", "PricingModel") AS CommitmentDiscountStatus,
    "MeterCategory"                               AS ServiceName,
    "PartNumber"                                  AS SkuId,
    "MeterName"                                   AS SkuMeter,
    azure_region_id("ResourceLocation")           AS RegionId,
    coalesce("MeterRegion", "ResourceLocation")   AS RegionName,
    lower("ResourceId")                           AS ResourceId,
    coalesce("ResourceName", azure_resource_name("ResourceId")) AS ResourceName,
    azure_resource_type("ResourceId")             AS ResourceType,
    "Quantity"                                    AS ConsumedQuantity,
    "UnitOfMeasure"                               AS ConsumedUnit,
    "UnitOfMeasure"                               AS PricingUnit,
    nullif("PayGPrice", 0)                        AS ListUnitPrice,
    "UnitPrice"                                   AS ContractedUnitPrice,
    "Cost"                                        AS EffectiveCost,
    CASE WHEN azure_commitment_status("ChargeType", "PricingModel") IS NULL THEN "Cost" ELSE 0 END AS BilledCost,
    coalesce("BillingCurrency", 'XXX')            AS BillingCurrency,
    'Microsoft'                                   AS ProviderName,
    coalesce("PublisherName", 'Microsoft')        AS PublisherName,
    "Tags"                                        AS Tags,
    coalesce("ResourceGroup", azure_resource_group("ResourceId")) AS x_ResourceGroupName,
    "MeterId"                                     AS x_MeterId,
    "MeterSubCategory"                            AS x_MeterSubcategory,
    "CostCenter"                                  AS x_CostCenter,
    "InvoiceSection"                              AS x_InvoiceSectionName
FROM raw
