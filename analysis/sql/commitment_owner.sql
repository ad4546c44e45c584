-- Whose each of the commitments $ids is that one owner has all of that was not used from $first up
-- to, not including, $end, in currency $currency.
SELECT u.CommitmentDiscountId, any_value(u.x_Owner)
FROM usage u
WHERE u.BillingCurrency = $currency AND u.CommitmentDiscountId IN (SELECT unnest($ids::VARCHAR[])) AND u.ChargePeriodStart >= $first AND u.ChargePeriodStart < $end
    AND (u.CommitmentDiscountStatus = 'Unused' OR u.ChargeCategory = 'Purchase' AND u.x_CostType <> 'actual')
GROUP BY u.CommitmentDiscountId
HAVING count(DISTINCT u.x_Owner) = 1 AND count(u.x_Owner) = count(*)
ORDER BY u.CommitmentDiscountId;
