-- Cost per day, in currency $1, of each account and service, usage apart from
-- what is bought, credited or taxed, on the days from $2 up to, not including,
-- $3; a series stands for all of its account, service and kind. What is added is
-- what the bill shows, or EffectiveCost where $4.
WITH parts AS (
    SELECT series_id, ChargeCategory = 'Usage' AS usage, min(series_id) OVER (
        PARTITION BY CASE WHEN SubAccountId <> '' THEN SubAccountId ELSE BillingAccountId END, ServiceName, ChargeCategory = 'Usage') AS part
    FROM series WHERE BillingCurrency = $1
)
SELECT p.part, d.day, sum(CASE WHEN $4 THEN d.EffectiveCost ELSE d.BilledCost END)::DOUBLE
FROM daily d JOIN parts p ON p.series_id = d.series_id
WHERE d.day >= $2 AND d.day < $3 AND (d.covered OR NOT p.usage)
GROUP BY p.part, d.day
ORDER BY p.part, d.day;
