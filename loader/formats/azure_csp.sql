-- format:   azure_csp
-- title:    Azure partner (CSP, MPA) cost export
-- cost:     actual or amortized
-- agreement: partner
-- contract: CSP
-- requires: date, SubscriptionId, meterCategory, meterName, meterId, quantity, costInBillingCurrency, billingCurrency, customerTenantId, partnerName, chargeType
-- accepts:  ProductName|product, ResourceId|InstanceName, resourceGroupName|resourceGroup
-- days:     date
-- order:    month-first
-- numbers:  quantity, costInBillingCurrency, unitPrice, PayGPrice
-- total:    costInBillingCurrency
-- currency: billingCurrency
-- tags:     tags
--
-- The export that a partner sees or hands on. It names the customer by tenant and
-- has no billing account id, so the tenant stands for the account. The period is
-- the calendar month of the charge, as for MCA exports.
SELECT
    _key,
    "date"                                        AS ChargePeriodStart,
    "date" + INTERVAL 1 DAY                       AS ChargePeriodEnd,
    lower("customerTenantId")                     AS BillingAccountId,
    coalesce("customerName", "billingAccountName") AS BillingAccountName,
    azure_subscription("SubscriptionId")          AS SubAccountId,
    "subscriptionName"                            AS SubAccountName,
    _month                                        AS BillingPeriodStart,
    azure_charge_category("chargeType")           AS ChargeCategory,
    azure_charge_class("chargeType")              AS ChargeClass,
    "ProductName"                                 AS ChargeDescription,
    azure_frequency("frequency")                  AS ChargeFrequency,
    azure_pricing_category("pricingModel")        AS PricingCategory,
    "reservationId"                        AS CommitmentDiscountId,
    "reservationName"                     AS CommitmentDiscountName,
    azure_commitment_status("chargeType", "pricingModel") AS CommitmentDiscountStatus,
    "meterCategory"                               AS ServiceName,
    "ProductId"                                   AS SkuId,
    "meterName"                                   AS SkuMeter,
    azure_region_id("resourceLocation")           AS RegionId,
    coalesce("location", "meterRegion", "resourceLocation") AS RegionName,
    lower("ResourceId")                           AS ResourceId,
    azure_resource_name("ResourceId")             AS ResourceName,
    azure_resource_type("ResourceId")             AS ResourceType,
    "quantity"                                    AS ConsumedQuantity,
    "unitOfMeasure"                               AS ConsumedUnit,
    "unitOfMeasure"                               AS PricingUnit,
    nullif("PayGPrice", 0)                        AS ListUnitPrice,
    "unitPrice"                                   AS ContractedUnitPrice,
    "costInBillingCurrency"                       AS EffectiveCost,
    CASE WHEN azure_commitment_status("chargeType", "pricingModel") IS NULL THEN "costInBillingCurrency" ELSE 0 END AS BilledCost,
    coalesce("billingCurrency", 'XXX')            AS BillingCurrency,
    'Microsoft'                                   AS ProviderName,
    "publisherName"                               AS PublisherName,
    "tags"                                        AS Tags,
    coalesce("resourceGroupName", azure_resource_group("ResourceId")) AS x_ResourceGroupName,
    "meterId"                                     AS x_MeterId,
    "meterSubCategory"                            AS x_MeterSubcategory,
    "costCenter"                                  AS x_CostCenter
FROM raw
