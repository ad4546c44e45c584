-- format:   azure_mosa
-- title:    Azure pay-as-you-go (MOSA) usage export
-- cost:     actual
-- contract: MOSP
-- requires: SubscriptionGuid, UsageDateTime, MeterCategory, MeterName, UsageQuantity|Quantity, PreTaxCost, Currency, InstanceId|ResourceId
-- days:     UsageDateTime
-- numbers:  UsageQuantity, PreTaxCost, ResourceRate
-- total:    PreTaxCost
-- currency: Currency
-- tags:     Tags
--
-- The export of a pay-as-you-go subscription, schema 2019-11-01: usage only, no
-- purchases, no subscription name. It names no billing period, so the calendar
-- month of the charge stands for it.
SELECT
    _key,
    "UsageDateTime"                               AS ChargePeriodStart,
    "UsageDateTime" + INTERVAL 1 DAY              AS ChargePeriodEnd,
    azure_subscription("SubscriptionGuid")        AS BillingAccountId,
    azure_subscription("SubscriptionGuid")        AS SubAccountId,
    _month                                        AS BillingPeriodStart,
    'Usage'                                       AS ChargeCategory,
    "MeterCategory"                               AS ServiceName,
    "MeterName"                                   AS SkuMeter,
    azure_region_id("ResourceLocation")           AS RegionId,
    coalesce("MeterRegion", "ResourceLocation")   AS RegionName,
    lower("InstanceId")                           AS ResourceId,
    azure_resource_name("InstanceId")             AS ResourceName,
    coalesce(lower("ResourceType"), azure_resource_type("InstanceId")) AS ResourceType,
    "UsageQuantity"                               AS ConsumedQuantity,
    "UnitOfMeasure"                               AS ConsumedUnit,
    "UnitOfMeasure"                               AS PricingUnit,
    "ResourceRate"                                AS ContractedUnitPrice,
    "PreTaxCost"                                  AS EffectiveCost,
    "PreTaxCost"                                  AS BilledCost,
    coalesce("Currency", 'XXX')                   AS BillingCurrency,
    'Microsoft'                                   AS ProviderName,
    "Tags"                                        AS Tags,
    coalesce("ResourceGroup", azure_resource_group("InstanceId")) AS x_ResourceGroupName,
    "MeterId"                                     AS x_MeterId,
    "MeterSubcategory"                            AS x_MeterSubcategory
FROM raw
