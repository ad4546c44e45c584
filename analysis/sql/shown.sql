-- What the period (the windows with k = 0) has of each load, in currency $currency.
SELECT s.load_id, sum(CASE WHEN $amortized THEN d.EffectiveCost ELSE d.BilledCost END)
FROM daily_services d
JOIN scopes s ON s.scope_id = d.scope_id AND s.BillingCurrency = $currency
JOIN windows w ON w.k = 0 AND w.account = CASE WHEN s.SubAccountId <> '' THEN s.SubAccountId ELSE s.BillingAccountId END
    AND (w.period IS NULL AND d.day >= w.from_day OR w.period = s.x_BillingPeriod)
    AND d.day < w.to_day
GROUP BY s.load_id
ORDER BY load_id;
