-- format:   oci_cost
-- title:    Oracle Cloud cost report
-- cost:     actual
-- requires: lineItem/intervalUsageStart, lineItem/tenantId, cost/myCost, product/service
-- days:     lineItem/intervalUsageStart, lineItem/intervalUsageEnd
-- numbers:  cost/myCost, cost/unitPrice, usage/billedQuantity
-- total:    cost/myCost
-- currency: cost/currencyCode; one
-- tags:     tags
-- tagged:   tags/
--
-- Oracle's own layout, beside which it writes FOCUS. What is free has no currency there.
-- A compartment is what is billed apart within a tenancy, as a resource group is.
SELECT
    _key,
    "lineItem/intervalUsageStart"                 AS ChargePeriodStart,
    "lineItem/intervalUsageEnd"                   AS ChargePeriodEnd,
    "cost/subscriptionId"                         AS BillingAccountId,
    "lineItem/tenantId"                           AS SubAccountId,
    _month                                        AS BillingPeriodStart,
    'Usage'                                       AS ChargeCategory,
    CASE WHEN lower("lineItem/isCorrection") = 'true' THEN 'Correction' END AS ChargeClass,
    "product/Description"                         AS ChargeDescription,
    'Usage-Based'                                 AS ChargeFrequency,
    "product/service"                             AS ServiceName,
    "cost/productSku"                             AS SkuId,
    coalesce("product/Description", "cost/productSku") AS SkuMeter,
    "product/region"                              AS RegionId,
    "product/region"                              AS RegionName,
    "product/availabilityDomain"                  AS AvailabilityZone,
    "product/resourceId"                          AS ResourceId,
    "product/resourceId"                          AS ResourceName,
    nullif(regexp_extract("product/resourceId", '^ocid1\.([a-z0-9]+)\.', 1), '') AS ResourceType,
    "usage/billedQuantity"                        AS ConsumedQuantity,
    "cost/skuUnitDescription"                     AS ConsumedUnit,
    "usage/billedQuantity"                        AS PricingQuantity,
    "cost/skuUnitDescription"                     AS PricingUnit,
    nullif("cost/unitPrice", 0)                   AS ContractedUnitPrice,
    "cost/myCost"                                 AS BilledCost,
    "cost/myCost"                                 AS EffectiveCost,
    coalesce("cost/currencyCode", _currency)      AS BillingCurrency,
    'Oracle'                                      AS ProviderName,
    'Oracle'                                      AS PublisherName,
    'Oracle'                                      AS ServiceProviderName,
    "product/compartmentName"                     AS x_ResourceGroupName,
    "tags"                                        AS Tags
FROM raw
