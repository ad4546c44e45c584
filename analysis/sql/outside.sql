-- The part of the current window (k = 0) on days that its bill does not hold.
SELECT coalesce(sum(CASE WHEN $amortized THEN d.EffectiveCost ELSE d.BilledCost END), 0)
FROM daily_services d
JOIN scopes s ON s.scope_id = d.scope_id AND s.BillingCurrency = $currency
JOIN windows w ON w.k = 0 AND w.account = CASE WHEN s.SubAccountId <> '' THEN s.SubAccountId ELSE s.BillingAccountId END
    AND w.period = s.x_BillingPeriod AND (d.day < w.from_day OR d.day >= w.end_day) AND d.day < greatest(w.to_day, w.end_day + 40);
