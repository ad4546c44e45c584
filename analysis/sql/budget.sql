-- Cost per day from $first up to, not including, $end, in currency $currency, of the bill $bill or,
-- where that is empty, of all bills.
SELECT d.day, sum(CASE WHEN $amortized THEN d.EffectiveCost ELSE d.BilledCost END)
FROM daily_services d JOIN scopes s ON s.scope_id = d.scope_id
WHERE s.BillingCurrency = $currency AND ($bill = '' OR s.x_BillingPeriod = $bill) AND d.day >= $first AND d.day < $end
GROUP BY d.day;
