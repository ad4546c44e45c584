-- format:   aws_cur
-- title:    AWS Cost and Usage Report
-- cost:     focus
-- requires: line_item_usage_start_date|lineItem/UsageStartDate, line_item_unblended_cost|lineItem/UnblendedCost, line_item_usage_account_id|lineItem/UsageAccountId, line_item_line_item_type|lineItem/LineItemType, bill_payer_account_id|bill/PayerAccountId, bill_billing_period_start_date|bill/BillingPeriodStartDate, bill_billing_period_end_date|bill/BillingPeriodEndDate
-- accepts:  line_item_usage_end_date|lineItem/UsageEndDate, line_item_currency_code|lineItem/CurrencyCode, line_item_product_code|lineItem/ProductCode, line_item_usage_type|lineItem/UsageType, line_item_availability_zone|lineItem/AvailabilityZone, line_item_resource_id|lineItem/ResourceId, line_item_usage_amount|lineItem/UsageAmount, line_item_unblended_rate|lineItem/UnblendedRate, line_item_net_unblended_cost|lineItem/NetUnblendedCost, line_item_line_item_description|lineItem/LineItemDescription, line_item_legal_entity|lineItem/LegalEntity
-- accepts:  bill_invoice_id|bill/InvoiceId, bill_invoicing_entity|bill/InvoicingEntity, bill_billing_entity|bill/BillingEntity, product_product_name|product/ProductName, product_servicename|product/servicename, product_product_family|product/productFamily, product_sku|product/sku, product_region_code|product/regionCode, product_region|product/region, product_location|product/location
-- accepts:  pricing_unit|pricing/unit, pricing_term|pricing/term, pricing_rate_code|pricing/RateCode, pricing_currency|pricing/currency, pricing_public_on_demand_cost|pricing/publicOnDemandCost, pricing_public_on_demand_rate|pricing/publicOnDemandRate
-- accepts:  reservation_reservation_a_r_n|reservation/ReservationARN, reservation_effective_cost|reservation/EffectiveCost, reservation_net_effective_cost|reservation/NetEffectiveCost, reservation_unused_amortized_upfront_fee_for_billing_period|reservation/UnusedAmortizedUpfrontFeeForBillingPeriod, reservation_unused_recurring_fee|reservation/UnusedRecurringFee, reservation_net_unused_amortized_upfront_fee_for_billing_period|reservation/NetUnusedAmortizedUpfrontFeeForBillingPeriod, reservation_net_unused_recurring_fee|reservation/NetUnusedRecurringFee
-- accepts:  savings_plan_savings_plan_a_r_n|savingsPlan/SavingsPlanARN, savings_plan_savings_plan_effective_cost|savingsPlan/SavingsPlanEffectiveCost, savings_plan_net_savings_plan_effective_cost|savingsPlan/NetSavingsPlanEffectiveCost, savings_plan_total_commitment_to_date|savingsPlan/TotalCommitmentToDate, savings_plan_used_commitment|savingsPlan/UsedCommitment
-- days:     line_item_usage_start_date, line_item_usage_end_date
-- periods:  bill_billing_period_start_date, bill_billing_period_end_date; exclusive
-- numbers:  line_item_unblended_cost, line_item_net_unblended_cost, line_item_usage_amount, line_item_unblended_rate, pricing_public_on_demand_cost, pricing_public_on_demand_rate, reservation_effective_cost, reservation_net_effective_cost, reservation_unused_amortized_upfront_fee_for_billing_period, reservation_unused_recurring_fee, reservation_net_unused_amortized_upfront_fee_for_billing_period, reservation_net_unused_recurring_fee, savings_plan_savings_plan_effective_cost, savings_plan_net_savings_plan_effective_cost, savings_plan_total_commitment_to_date, savings_plan_used_commitment
-- total:    line_item_unblended_cost
-- currency: line_item_currency_code
-- tags:     tags
-- tagged:   resource_tags, resourceTags/, resource_tags_, cost_category = cost_category:, costCategory/ = cost_category:, cost_category_ = cost_category:
-- untag:    user:, user_
--
-- The legacy report as CSV (lineItem/UnblendedCost) and as Parquet, and CUR 2.0, whose
-- product, resource_tags and cost_category are maps. The billed cost is the unblended
-- one. The effective cost is what AWS's documentation calls amortized, net of discounts
-- where the file has that: what commitments cost lies on the usage that they cover, and
-- what of them was not used on the day of their fee. What of a row depends on its texts is
-- one number, aws_cost, which chooses from the lists.
SELECT
    _key,
    "line_item_usage_start_date"                  AS ChargePeriodStart,
    "line_item_usage_end_date"                    AS ChargePeriodEnd,
    aws_account("bill_payer_account_id")          AS BillingAccountId,
    "bill_payer_account_name"                     AS BillingAccountName,
    aws_account("line_item_usage_account_id")     AS SubAccountId,
    "line_item_usage_account_name"                AS SubAccountName,
    left("bill_billing_period_start_date", 10)::DATE AS BillingPeriodStart,
    left("bill_billing_period_end_date", 10)::DATE   AS BillingPeriodEnd,
    aws_charge_category("line_item_line_item_type") AS ChargeCategory,
    CASE WHEN "line_item_line_item_type" = 'Refund' THEN 'Correction' END AS ChargeClass,
    "line_item_line_item_description"             AS ChargeDescription,
    CASE WHEN "line_item_line_item_type" IN ('RIFee', 'SavingsPlanRecurringFee') THEN 'Recurring'
         WHEN "line_item_line_item_type" IN ('Fee', 'SavingsPlanUpfrontFee') THEN 'One-Time'
         WHEN aws_charge_category("line_item_line_item_type") = 'Usage' THEN 'Usage-Based' END AS ChargeFrequency,
    CASE WHEN aws_committed("line_item_line_item_type") THEN 'Committed'
         WHEN "pricing_term" = 'Spot' OR "line_item_usage_type" LIKE '%SpotUsage%' THEN 'Dynamic'
         WHEN "line_item_line_item_type" = 'Usage' THEN 'Standard' END AS PricingCategory,
    coalesce("savings_plan_savings_plan_a_r_n", "reservation_reservation_a_r_n") AS CommitmentDiscountId,
    CASE WHEN "savings_plan_savings_plan_a_r_n" IS NOT NULL THEN 'Savings Plan'
         WHEN "reservation_reservation_a_r_n" IS NOT NULL THEN 'Reservation' END AS CommitmentDiscountType,
    CASE WHEN "savings_plan_savings_plan_a_r_n" IS NOT NULL THEN 'Spend'
         WHEN "reservation_reservation_a_r_n" IS NOT NULL THEN 'Usage' END AS CommitmentDiscountCategory,
    CASE WHEN aws_committed("line_item_line_item_type") THEN 'Used' END AS CommitmentDiscountStatus,
    coalesce("product_product_name", map_text("product", 'product_name'), "product_servicename",
        map_text("product", 'servicename'), "line_item_product_code") AS ServiceName,
    coalesce("product_sku", map_text("product", 'sku')) AS SkuId,
    "pricing_rate_code"                           AS SkuPriceId,
    coalesce("line_item_usage_type", "line_item_line_item_description") AS SkuMeter,
    coalesce("product_region_code", "product_region", map_text("product", 'region')) AS RegionId,
    coalesce("product_location", map_text("product", 'location')) AS RegionName,
    "line_item_availability_zone"                 AS AvailabilityZone,
    "line_item_resource_id"                       AS ResourceId,
    nullif(regexp_extract("line_item_resource_id", '([^/:]+)[/:]*$', 1), '') AS ResourceName,
    "product_product_family"                      AS ResourceType,
    -- The row that takes the on-demand price off again repeats the quantity.
    list_extract([NULL, "line_item_usage_amount", "line_item_usage_amount", "line_item_usage_amount",
        "line_item_usage_amount", "line_item_usage_amount", "line_item_usage_amount", "line_item_usage_amount"], aws_cost("line_item_line_item_type", "reservation_reservation_a_r_n")) AS ConsumedQuantity,
    "pricing_unit"                                AS ConsumedUnit,
    list_extract([NULL, "line_item_usage_amount", "line_item_usage_amount", "line_item_usage_amount",
        "line_item_usage_amount", "line_item_usage_amount", "line_item_usage_amount", "line_item_usage_amount"], aws_cost("line_item_line_item_type", "reservation_reservation_a_r_n")) AS PricingQuantity,
    "pricing_unit"                                AS PricingUnit,
    nullif("pricing_public_on_demand_rate", 0)    AS ListUnitPrice,
    nullif("line_item_unblended_rate", 0)         AS ContractedUnitPrice,
    nullif("pricing_public_on_demand_cost", 0)    AS ListCost,
    "line_item_unblended_cost"                    AS BilledCost,
    list_extract([
        0, 0,
        coalesce("savings_plan_net_savings_plan_effective_cost", "savings_plan_savings_plan_effective_cost", "line_item_unblended_cost"),
        coalesce("savings_plan_total_commitment_to_date" - "savings_plan_used_commitment", "line_item_unblended_cost"),
        coalesce("reservation_net_effective_cost", "reservation_effective_cost", "line_item_unblended_cost"),
        coalesce("reservation_net_unused_amortized_upfront_fee_for_billing_period" + "reservation_net_unused_recurring_fee",
            "reservation_unused_amortized_upfront_fee_for_billing_period" + "reservation_unused_recurring_fee", "line_item_unblended_cost"),
        0,
        coalesce("line_item_net_unblended_cost", "line_item_unblended_cost")
    ], aws_cost("line_item_line_item_type", "reservation_reservation_a_r_n")) AS EffectiveCost,
    coalesce("line_item_currency_code", 'XXX')    AS BillingCurrency,
    "pricing_currency"                            AS PricingCurrency,
    "bill_invoice_id"                             AS InvoiceId,
    coalesce("bill_invoicing_entity", "line_item_legal_entity") AS InvoiceIssuerName,
    'AWS'                                         AS ProviderName,
    CASE WHEN "bill_billing_entity" = 'AWS Marketplace' THEN coalesce("line_item_legal_entity", 'AWS Marketplace') ELSE 'AWS' END AS PublisherName,
    'AWS'                                         AS ServiceProviderName,
    "tags"                                        AS Tags
FROM raw
