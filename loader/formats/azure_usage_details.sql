-- format:   azure_usage_details
-- title:    Azure usage details (pay-as-you-go)
-- cost:     actual
-- requires: date, subscriptionId, billingPeriod, billingPeriodStart, billingPeriodEnd, meterId, meterCategory, meterName, quantity, cost, billingCurrency, resourceId
-- days:     date
-- order:    month-first
-- periods:  billingPeriodStart, billingPeriodEnd; exclusive
-- numbers:  quantity, cost, unitPrice, payGPrice
-- total:    cost
-- currency: billingCurrency
-- tags:     tags
--
-- What azure:// makes of the usage details that the API tells of a pay-as-you-go
-- subscription, usage only and no purchases. The bill's dates are those of the bill;
-- its end is exclusive.
SELECT
    _key,
    "date"                                        AS ChargePeriodStart,
    "date" + INTERVAL 1 DAY                       AS ChargePeriodEnd,
    lower("subscriptionId")                       AS BillingAccountId,
    "subscriptionName"                            AS BillingAccountName,
    lower("subscriptionId")                       AS SubAccountId,
    "subscriptionName"                            AS SubAccountName,
    "billingPeriod"                               AS x_BillingPeriod,
    "billingPeriodStart"::DATE                    AS BillingPeriodStart,
    "billingPeriodEnd"::DATE                      AS BillingPeriodEnd,
    azure_charge_category("chargeType")           AS ChargeCategory,
    azure_charge_class("chargeType")              AS ChargeClass,
    "product"                                     AS ChargeDescription,
    azure_frequency("frequency")                  AS ChargeFrequency,
    "meterCategory"                               AS ServiceName,
    "meterName"                                   AS SkuMeter,
    azure_region_id("resourceLocation")           AS RegionId,
    "resourceLocation"                            AS RegionName,
    lower("resourceId")                           AS ResourceId,
    coalesce("resourceName", azure_resource_name("resourceId")) AS ResourceName,
    azure_resource_type("resourceId")             AS ResourceType,
    "quantity"                                    AS ConsumedQuantity,
    "unitOfMeasure"                               AS ConsumedUnit,
    "unitOfMeasure"                               AS PricingUnit,
    nullif("payGPrice", 0)                        AS ListUnitPrice,
    "unitPrice"                                   AS ContractedUnitPrice,
    "cost"                                        AS EffectiveCost,
    "cost"                                        AS BilledCost,
    coalesce("billingCurrency", 'XXX')            AS BillingCurrency,
    'Microsoft'                                   AS ProviderName,
    coalesce("publisherName", 'Microsoft')        AS PublisherName,
    "tags"                                        AS Tags,
    coalesce("resourceGroup", azure_resource_group("resourceId")) AS x_ResourceGroupName,
    "meterId"                                     AS x_MeterId,
    "meterSubCategory"                            AS x_MeterSubcategory
FROM raw
