-- Of the current window (k = 0), in currency $currency: cost by subscription, resource
-- group and the value of the tag $tag, in any case of letters; '' where there is none.
SELECT coalesce(u.SubAccountName, ''), coalesce(u.SubAccountId, ''), coalesce(u.x_ResourceGroupName, ''),
       coalesce(list_filter(map_entries(u.Tags), lambda e: lower(e.key) = lower($tag))[1].value, ''),
       sum(CASE WHEN $amortized THEN u.EffectiveCost ELSE u.BilledCost END)
FROM usage u
JOIN windows w ON w.k = 0 AND w.account = CASE WHEN u.SubAccountId <> '' THEN u.SubAccountId ELSE u.BillingAccountId END
    AND (w.period IS NULL AND u.ChargePeriodStart >= w.from_day OR w.period = u.x_BillingPeriod) AND u.ChargePeriodStart < w.to_day
WHERE u.BillingCurrency = $currency
GROUP BY ALL
ORDER BY 5 DESC, 1, 2, 3, 4;
