-- What of commitment $id was used, and what was not, on the last $days days up to $end on which it cost anything.
SELECT coalesce(sum(used), 0), coalesce(sum(unused), 0)
FROM (
    SELECT ChargePeriodStart::DATE AS day,
           sum(CASE WHEN CommitmentDiscountStatus = 'Used' AND ChargeCategory = 'Usage' THEN EffectiveCost ELSE 0 END) AS used,
           sum(CASE WHEN CommitmentDiscountStatus = 'Unused' OR ChargeCategory = 'Purchase' AND x_CostType <> 'actual' THEN EffectiveCost ELSE 0 END) AS unused
    FROM usage
    WHERE BillingCurrency = $currency AND CommitmentDiscountId = $id AND ChargePeriodStart::DATE <= $end
    GROUP BY day HAVING used <> 0 OR unused <> 0
    ORDER BY day DESC LIMIT $days
)
