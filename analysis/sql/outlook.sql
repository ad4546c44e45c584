-- Cost per day, in currency $1, of each account and service, usage apart from
-- what is bought, credited or taxed, on the days from $2 up to, not including,
-- $3; a series stands for all of its account, service and kind. What is added is
-- what the bill shows, or EffectiveCost where $4.
WITH parts AS (
    SELECT CASE WHEN SubAccountId <> '' THEN SubAccountId ELSE BillingAccountId END AS account, ServiceName, ChargeCategory = 'Usage' AS usage,
           min(series_id) AS part
    FROM series WHERE BillingCurrency = $1
    GROUP BY ALL
)
SELECT p.part, d.day, sum(CASE WHEN $4 THEN d.EffectiveCost ELSE d.BilledCost END)::DOUBLE
FROM daily_services d
JOIN scopes s ON s.scope_id = d.scope_id AND s.BillingCurrency = $1
JOIN parts p ON p.account = CASE WHEN s.SubAccountId <> '' THEN s.SubAccountId ELSE s.BillingAccountId END
    AND p.ServiceName = d.ServiceName AND p.usage = (d.ChargeCategory = 'Usage')
WHERE d.day >= $2 AND d.day < $3 AND (d.covered OR NOT p.usage)
GROUP BY p.part, d.day
ORDER BY p.part, d.day;
