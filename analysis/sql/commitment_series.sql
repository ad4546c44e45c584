-- What of each commitment was used and what was not on each day from $first up to, not including,
-- $end, by effective cost, in currency $currency: as commitments.sql has it.
SELECT u.CommitmentDiscountId, max(u.CommitmentDiscountName), u.ChargePeriodStart::DATE AS day,
       coalesce(sum(u.EffectiveCost) FILTER (u.ChargeCategory = 'Usage' AND u.CommitmentDiscountStatus = 'Used'), 0) AS used,
       coalesce(sum(u.EffectiveCost) FILTER (u.CommitmentDiscountStatus = 'Unused' OR u.ChargeCategory = 'Purchase' AND u.x_CostType <> 'actual'), 0) AS unused
FROM usage u
WHERE u.BillingCurrency = $currency AND u.CommitmentDiscountId <> '' AND u.ChargePeriodStart >= $first AND u.ChargePeriodStart < $end
GROUP BY u.CommitmentDiscountId, day
HAVING used <> 0 OR unused <> 0
ORDER BY ALL;
