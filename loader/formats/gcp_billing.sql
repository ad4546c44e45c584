-- format:   gcp_billing
-- title:    Google Cloud billing export
-- cost:     focus
-- requires: billing_account_id, usage_start_time, cost, currency, service.description|service_description|service.id|service_id
-- accepts:  sku.id|sku_id, sku.description|sku_description, project.id|project_id, project.name|project_name, location.location|location_location, location.region|location_region, location.zone|location_zone, usage.amount|usage_amount, usage.unit|usage_unit, usage.amount_in_pricing_units|usage_amount_in_pricing_units, usage.pricing_unit|usage_pricing_unit
-- accepts:  invoice.month|invoice_month, resource.name|resource_name, resource.global_name|resource_global_name, price.effective_price|price_effective_price, adjustment_info.id|adjustment_info_id, adjustment_info.mode|adjustment_info_mode
-- days:     usage_start_time, usage_end_time
-- numbers:  cost, cost_at_list, usage.amount, usage.amount_in_pricing_units, price.effective_price
-- total:    cost
-- currency: currency
-- tags:     all_tags
-- tagged:   labels, tags, project.labels, project_labels
-- credits:  credits
--
-- The standard and the detailed export of BigQuery, as Parquet, JSON rows, or CSV with
-- its nested columns under their path (service.description) or flattened
-- (service_description). A credit is a charge of its own, beside what it takes it off.
SELECT
    _key,
    "usage_start_time"                            AS ChargePeriodStart,
    "usage_end_time"                              AS ChargePeriodEnd,
    "billing_account_id"                          AS BillingAccountId,
    "project.id"                                  AS SubAccountId,
    "project.name"                                AS SubAccountName,
    coalesce(try_strptime("invoice.month", '%Y%m')::DATE, _month) AS BillingPeriodStart,
    CASE WHEN "credit.type" IS NOT NULL THEN 'Credit'
         WHEN "cost_type" = 'tax' THEN 'Tax'
         WHEN "cost_type" IN ('adjustment', 'rounding_error') THEN 'Adjustment'
         WHEN "sku.description" LIKE 'Commitment%' THEN 'Purchase'
         ELSE 'Usage' END                         AS ChargeCategory,
    CASE WHEN coalesce("adjustment_info.id", "adjustment_info.mode") IS NOT NULL THEN 'Correction' END AS ChargeClass,
    coalesce("credit.name", "sku.description")    AS ChargeDescription,
    CASE WHEN "credit.type" IS NULL AND coalesce("cost_type", 'regular') = 'regular' THEN 'Usage-Based' END AS ChargeFrequency,
    "service.description"                         AS ServiceName,
    "sku.id"                                      AS SkuId,
    "sku.description"                             AS SkuMeter,
    coalesce("location.region", "location.location") AS RegionId,
    coalesce("location.location", "location.region") AS RegionName,
    "location.zone"                               AS AvailabilityZone,
    coalesce("resource.global_name", "resource.name") AS ResourceId,
    "resource.name"                               AS ResourceName,
    "usage.amount"                                AS ConsumedQuantity,
    "usage.unit"                                  AS ConsumedUnit,
    "usage.amount_in_pricing_units"               AS PricingQuantity,
    "usage.pricing_unit"                          AS PricingUnit,
    nullif("price.effective_price", 0)            AS ContractedUnitPrice,
    "cost_at_list"                                AS ListCost,
    "cost"                                        AS BilledCost,
    "cost"                                        AS EffectiveCost,
    coalesce("currency", 'XXX')                   AS BillingCurrency,
    'Google Cloud'                                AS ProviderName,
    coalesce("seller_name", 'Google Cloud')       AS PublisherName,
    'Google Cloud'                                AS ServiceProviderName,
    "all_tags"                                    AS Tags
FROM raw
