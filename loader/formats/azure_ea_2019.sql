-- format:   azure_ea_2019
-- title:    Azure EA usage export of 2019
-- cost:     actual
-- agreement: enterprise
-- contract: EA
-- requires: SubscriptionGuid, AccountOwnerId, UsageDateTime, MeterCategory, MeterName, UsageQuantity, PreTaxCost, InstanceId
-- days:     UsageDateTime
-- numbers:  UsageQuantity, PreTaxCost, ResourceRate
-- total:    PreTaxCost
-- tags:     Tags
--
-- Schema 2019-10-01. It names no currency and no enrolment: the currency is XXX
-- unless --assume-currency names it, and the subscription stands for the account.
SELECT
    _key,
    "UsageDateTime"                               AS ChargePeriodStart,
    "UsageDateTime" + INTERVAL 1 DAY              AS ChargePeriodEnd,
    azure_subscription("SubscriptionGuid")        AS BillingAccountId,
    azure_subscription("SubscriptionGuid")        AS SubAccountId,
    "SubscriptionName"                            AS SubAccountName,
    _month                                        AS BillingPeriodStart,
    'Usage'                                       AS ChargeCategory,
    "ProductName"                                 AS ChargeDescription,
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
    _currency                                     AS BillingCurrency,
    'Microsoft'                                   AS ProviderName,
    "Tags"                                        AS Tags,
    coalesce("ResourceGroup", azure_resource_group("InstanceId")) AS x_ResourceGroupName,
    "MeterId"                                     AS x_MeterId,
    "MeterSubcategory"                            AS x_MeterSubcategory,
    "CostCenter"                                  AS x_CostCenter,
    "DepartmentName"                              AS x_InvoiceSectionName
FROM raw
