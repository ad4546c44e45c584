-- What is billed of each commitment in the period, and what of it was used and what was not.
SELECT u.CommitmentDiscountId, sum(u.BilledCost),
       sum(CASE WHEN u.CommitmentDiscountStatus = 'Used' AND u.ChargeCategory = 'Usage' THEN u.EffectiveCost ELSE 0 END),
       sum(CASE WHEN u.CommitmentDiscountStatus = 'Unused' OR u.ChargeCategory = 'Purchase' AND u.x_CostType <> 'actual' THEN u.EffectiveCost ELSE 0 END)
FROM compared w
JOIN usage u ON w.account = CASE WHEN coalesce(u.SubAccountId, '') <> '' THEN u.SubAccountId ELSE u.BillingAccountId END
    AND (u.x_BillingPeriod = w.bill OR w.bill IS NULL AND u.ChargePeriodStart >= w.first AND u.ChargePeriodStart < w.end_day)
WHERE w.k = 0 AND u.BillingCurrency = $currency AND u.ChargePeriodStart::DATE <= $last AND u.CommitmentDiscountId <> ''
GROUP BY u.CommitmentDiscountId ORDER BY u.CommitmentDiscountId
