-- Cost per day from $4 up to, not including, $5, in currency $1, of the bill $3 or,
-- where that is empty, of all bills.
SELECT d.day, sum(CASE WHEN $2 THEN d.EffectiveCost ELSE d.BilledCost END)
FROM daily_services d JOIN scopes s ON s.scope_id = d.scope_id
WHERE s.BillingCurrency = $1 AND ($3 = '' OR s.x_BillingPeriod = $3) AND d.day >= $4 AND d.day < $5
GROUP BY d.day ORDER BY d.day;
