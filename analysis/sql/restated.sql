-- What the bill $bill costs now in currency $currency, and the service that replacements
-- since $since restated most, in the direction of all of them.
WITH moved AS (
    SELECT ServiceName, sum(cost_added - cost_removed + cost_changed) AS delta
    FROM restatements
    WHERE BillingCurrency = $currency AND x_BillingPeriod = $bill AND replaced_at >= $since
    GROUP BY ALL
), most AS (
    SELECT ServiceName, delta FROM moved
    WHERE sign(delta) = (SELECT sign(sum(delta)) FROM moved)
    ORDER BY abs(delta) DESC, ServiceName LIMIT 1
)
SELECT coalesce(sum(CASE WHEN $amortized THEN d.EffectiveCost ELSE d.BilledCost END), 0),
       (SELECT ServiceName FROM most), (SELECT delta FROM most)
FROM daily_services d JOIN scopes s ON s.scope_id = d.scope_id
WHERE s.BillingCurrency = $currency AND s.x_BillingPeriod = $bill;
