-- Of the current window (k = 0), in currency $currency: cost by subscription, resource
-- group and owner; '' is none.
SELECT CASE WHEN u.SubAccountId <> '' THEN u.SubAccountId ELSE u.BillingAccountId END, coalesce(u.x_ResourceGroupName, ''), coalesce(u.x_Owner, ''),
       sum(CASE WHEN $amortized THEN u.EffectiveCost ELSE u.BilledCost END)
FROM usage u
JOIN windows w ON w.k = 0 AND w.account = CASE WHEN u.SubAccountId <> '' THEN u.SubAccountId ELSE u.BillingAccountId END
    AND (w.period IS NULL AND u.ChargePeriodStart >= w.from_day OR w.period = u.x_BillingPeriod) AND u.ChargePeriodStart < w.to_day
WHERE u.BillingCurrency = $currency
GROUP BY ALL
ORDER BY ALL;
