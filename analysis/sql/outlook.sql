-- Cost per day, in currency $currency, of each account and service, usage apart from
-- what is bought, credited or taxed, on the days from $first up to, not including,
-- $end; a series stands for all of its account, service and kind. What is added is
-- what the bill shows, or EffectiveCost where $amortized.
WITH parts AS (
    SELECT CASE WHEN SubAccountId <> '' THEN SubAccountId ELSE BillingAccountId END AS account, ServiceName, ChargeCategory = 'Usage' AS usage,
           min(series_id) AS part
    FROM series WHERE BillingCurrency = $currency
    GROUP BY ALL
)
SELECT p.part, d.day, sum(CASE WHEN $amortized THEN d.EffectiveCost ELSE d.BilledCost END)::DOUBLE
FROM daily_services d
JOIN scopes s ON s.scope_id = d.scope_id AND s.BillingCurrency = $currency
JOIN parts p ON p.account = CASE WHEN s.SubAccountId <> '' THEN s.SubAccountId ELSE s.BillingAccountId END
    AND p.ServiceName = d.ServiceName AND p.usage = (d.ChargeCategory = 'Usage')
WHERE d.day >= $first AND d.day < $end AND (d.covered OR NOT p.usage)
GROUP BY p.part, d.day
ORDER BY p.part, d.day;
