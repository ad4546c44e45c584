-- What each commitment cost on each day of the period (k = 0) and of the same days before
-- (k = 1), in currency $currency: what is billed of it; what was used and what was not, by effective
-- cost; the list cost of what was used, and how many charges of that have none.
-- What was not used is a charge of its own (Unused), or stands with the fee (AWS).
SELECT w.k, u.CommitmentDiscountId, max(u.CommitmentDiscountName), max(u.CommitmentDiscountType), u.ChargePeriodStart::DATE AS day,
       sum(u.BilledCost),
       coalesce(sum(u.EffectiveCost) FILTER (u.ChargeCategory = 'Usage' AND u.CommitmentDiscountStatus = 'Used'), 0),
       coalesce(sum(u.EffectiveCost) FILTER (u.CommitmentDiscountStatus = 'Unused' OR u.ChargeCategory = 'Purchase' AND u.x_CostType <> 'actual'), 0),
       coalesce(sum(u.ListCost) FILTER (u.ChargeCategory = 'Usage' AND u.CommitmentDiscountStatus = 'Used'), 0),
       count(*) FILTER (u.ChargeCategory = 'Usage' AND u.CommitmentDiscountStatus = 'Used' AND coalesce(u.ListCost, 0) = 0)
FROM usage u
JOIN windows w ON w.k <= 1 AND w.account = CASE WHEN u.SubAccountId <> '' THEN u.SubAccountId ELSE u.BillingAccountId END
    AND (w.period IS NULL AND u.ChargePeriodStart >= w.from_day OR w.period = u.x_BillingPeriod) AND u.ChargePeriodStart < w.to_day
WHERE u.BillingCurrency = $currency AND u.CommitmentDiscountId <> ''
GROUP BY w.k, u.CommitmentDiscountId, day
ORDER BY ALL;
