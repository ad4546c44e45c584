-- format:   azure_mca
-- title:    Azure MCA cost export
-- cost:     actual or amortized
-- contract: MCA
-- requires: date, SubscriptionId, meterCategory, meterName, meterId, quantity, costInBillingCurrency, billingCurrency, billingAccountId, billingProfileId, chargeType, invoiceId
-- accepts:  ProductName|product, ResourceId|InstanceName, resourceGroupName|resourceGroup
-- days:     date
-- order:    month-first
-- numbers:  quantity, costInBillingCurrency, unitPrice, PayGPrice, paygCostInBillingCurrency
-- total:    costInBillingCurrency
-- currency: billingCurrency
-- tags:     tags
--
-- MCA exports of the schema versions 2021-10-01 and 2023-12-01-preview, and the
-- older portal variant. The billing period's columns are empty for usage of the
-- open month and hold the purchase day for purchases, so the period is the
-- calendar month of the charge.
SELECT
    _key,
    "date"                                        AS ChargePeriodStart,
    "date" + INTERVAL 1 DAY                       AS ChargePeriodEnd,
    "billingAccountId"                            AS BillingAccountId,
    "billingAccountName"                          AS BillingAccountName,
    azure_subscription("SubscriptionId")          AS SubAccountId,
    "subscriptionName"                            AS SubAccountName,
    _month                                        AS BillingPeriodStart,
    azure_charge_category("chargeType")           AS ChargeCategory,
    azure_charge_class("chargeType")              AS ChargeClass,
    "ProductName"                                 AS ChargeDescription,
    azure_frequency("frequency")                  AS ChargeFrequency,
    azure_pricing_category("pricingModel")        AS PricingCategory,
    coalesce("benefitId", "reservationId")        AS CommitmentDiscountId,
    coalesce("benefitName", "reservationName")    AS CommitmentDiscountName,
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
    nullif("paygCostInBillingCurrency", 0)        AS ListCost,
    "costInBillingCurrency"                       AS EffectiveCost,
    CASE WHEN azure_commitment_status("chargeType", "pricingModel") IS NULL THEN "costInBillingCurrency" ELSE 0 END AS BilledCost,
    coalesce("billingCurrency", 'XXX')            AS BillingCurrency,
    "invoiceId"                                   AS InvoiceId,
    coalesce("provider", 'Microsoft')             AS ProviderName,
    "publisherName"                               AS PublisherName,
    "tags"                                        AS Tags,
    coalesce("resourceGroupName", azure_resource_group("ResourceId")) AS x_ResourceGroupName,
    "meterId"                                     AS x_MeterId,
    "meterSubCategory"                            AS x_MeterSubcategory,
    "costCenter"                                  AS x_CostCenter,
    "invoiceSectionName"                          AS x_InvoiceSectionName,
    lower(azure_resource_name("billingProfileId")) AS billing_profile
FROM raw
