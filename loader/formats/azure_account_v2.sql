-- format:   azure_account_v2
-- title:    Azure usage file, version 2
-- cost:     statement
-- contract: MOSP
-- outranks: azure_account_v1
-- layout:   sections
-- statement: Billing Period, Meter Category, Meter Sub-category, Meter Name, Meter Region, Unit, Consumed Quantity, Included Quantity, Overage Quantity, Currency, Rate, Value
-- requires: Usage Date, Meter Category, Meter Id, Meter Sub-category, Meter Name, Meter Region, Unit, Consumed Quantity, Instance Id, Resource Group
-- days:     Usage Date
-- order:    month-first
-- numbers:  Consumed Quantity, Statement Cost, Statement Quantity
-- total:    Statement Cost
-- tags:     Tags
--
-- "Download usage", version 2. Money stands in the Statement section only, per
-- meter and billing period; "Statement Cost" is the share of it that falls on
-- the daily row, "Statement Quantity" that of the quantity beyond what is
-- included free of charge. "Statement Line" is 'one-time' for a statement line without
-- daily rows.
SELECT
    _key,
    "Usage Date"                                  AS ChargePeriodStart,
    "Usage Date" + INTERVAL 1 DAY                 AS ChargePeriodEnd,
    azure_subscription("Subscription ID")         AS BillingAccountId,
    "Subscription Name"                           AS BillingAccountName,
    azure_subscription("Subscription ID")         AS SubAccountId,
    "Subscription Name"                           AS SubAccountName,
    "Period Name"                                 AS x_BillingPeriod,
    "Period Start"::DATE                          AS BillingPeriodStart,
    "Period End"::DATE                            AS BillingPeriodEnd,
    CASE WHEN "Statement Line" = 'one-time' THEN 'Purchase' ELSE 'Usage' END AS ChargeCategory,
    CASE WHEN "Statement Line" = 'one-time' THEN 'One-Time' ELSE 'Usage-Based' END AS ChargeFrequency,
    "Meter Category"                              AS ServiceName,
    "Meter Name"                                  AS SkuMeter,
    azure_region_id("Resource Location")          AS RegionId,
    coalesce("Meter Region", "Resource Location") AS RegionName,
    lower("Instance Id")                          AS ResourceId,
    azure_resource_name("Instance Id")            AS ResourceName,
    azure_resource_type("Instance Id")            AS ResourceType,
    "Consumed Quantity"                           AS ConsumedQuantity,
    "Unit"                                        AS ConsumedUnit,
    "Statement Cost"                              AS EffectiveCost,
    "Statement Cost"                              AS BilledCost,
    "Statement Quantity"                          AS PricingQuantity,
    _currency                                     AS BillingCurrency,
    'Microsoft'                                   AS ProviderName,
    "Tags"                                        AS Tags,
    coalesce("Resource Group", azure_resource_group("Instance Id")) AS x_ResourceGroupName,
    "Meter Id"                                    AS x_MeterId,
    "Meter Sub-category"                          AS x_MeterSubcategory
FROM raw
