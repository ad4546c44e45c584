-- format:   azure_ea_detail
-- title:    Azure EA portal usage detail
-- cost:     actual
-- agreement: enterprise
-- contract: EA
-- requires: SubscriptionGuid, AccountOwnerId, Date, MeterCategory, MeterName, MeterId, ConsumedQuantity, ExtendedCost|Cost, ResourceRate, InstanceId
-- days:     Date
-- order:    month-first
-- numbers:  ConsumedQuantity, ExtendedCost, ResourceRate
-- total:    ExtendedCost
-- tags:     Tags
--
-- The "Detail" file of the former EA portal (31 columns). It names no currency:
-- XXX unless --assume-currency names it. The subscription stands for the account.
SELECT
    _key,
    "Date"                                        AS ChargePeriodStart,
    "Date" + INTERVAL 1 DAY                       AS ChargePeriodEnd,
    azure_subscription("SubscriptionGuid")        AS BillingAccountId,
    "AccountName"                                 AS BillingAccountName,
    azure_subscription("SubscriptionGuid")        AS SubAccountId,
    "SubscriptionName"                            AS SubAccountName,
    _month                                        AS BillingPeriodStart,
    'Usage'                                       AS ChargeCategory,
    "Product"                                     AS ChargeDescription,
    "MeterCategory"                               AS ServiceName,
    "MeterName"                                   AS SkuMeter,
    azure_region_id("ResourceLocation")           AS RegionId,
    coalesce("MeterRegion", "ResourceLocation")   AS RegionName,
    lower("InstanceId")                           AS ResourceId,
    azure_resource_name("InstanceId")             AS ResourceName,
    azure_resource_type("InstanceId")             AS ResourceType,
    "ConsumedQuantity"                            AS ConsumedQuantity,
    "UnitOfMeasure"                               AS ConsumedUnit,
    "UnitOfMeasure"                               AS PricingUnit,
    "ResourceRate"                                AS ContractedUnitPrice,
    "ExtendedCost"                                AS EffectiveCost,
    "ExtendedCost"                                AS BilledCost,
    _currency                                     AS BillingCurrency,
    'Microsoft'                                   AS ProviderName,
    "Tags"                                        AS Tags,
    coalesce("ResourceGroup", azure_resource_group("InstanceId")) AS x_ResourceGroupName,
    "MeterId"                                     AS x_MeterId,
    "MeterSub-Category"                           AS x_MeterSubcategory,
    "CostCenter"                                  AS x_CostCenter,
    "DepartmentName"                              AS x_InvoiceSectionName
FROM raw
