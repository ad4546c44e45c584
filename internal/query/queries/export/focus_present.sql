-- Which of FOCUS's conditional columns the usage has something for. Prices in another
-- currency than the bill's are written where each charge that has them says what it cost
-- in that currency.
-- periods: names of billing periods, with commas; all if not given
SELECT
    count(AllocatedMethodDetails) > 0 AS AllocatedMethodDetails,
    count(AllocatedMethodId) > 0 AS AllocatedMethodId,
    count(AllocatedResourceId) > 0 AS AllocatedResourceId,
    count(AllocatedResourceName) > 0 AS AllocatedResourceName,
    count(AllocatedTags) > 0 AS AllocatedTags,
    count(AvailabilityZone) > 0 AS AvailabilityZone,
    count(BillingAccountType) > 0 AS BillingAccountType,
    count(CapacityReservationId) > 0 AS CapacityReservationId,
    count(CapacityReservationStatus) > 0 AS CapacityReservationStatus,
    count(ContractApplied) > 0 AS ContractApplied,
    count(InvoiceDetailId) > 0 AS InvoiceDetailId,
    coalesce(bool_or(PricingCurrency <> BillingCurrency)
        AND NOT bool_or(PricingCurrency <> BillingCurrency AND PricingCurrencyEffectiveCost IS NULL), false) AS prices,
    coalesce(bool_or(json_valid(SkuPriceDetails)), false) AS SkuPriceDetails,
    count(SubAccountType) > 0 AS SubAccountType
FROM usage
WHERE $periods::VARCHAR IS NULL OR x_BillingPeriod IN (SELECT unnest(string_split($periods, ',')))
