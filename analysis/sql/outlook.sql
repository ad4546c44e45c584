-- Cost per day, in currency $currency, of each account and service, usage apart from
-- what is bought, credited or taxed, on the days before
-- $end; a series stands for all of its account, service and kind. What is added is
-- what the bill shows, or EffectiveCost where $amortized.
WITH parts AS (
    SELECT CASE WHEN SubAccountId <> '' THEN SubAccountId ELSE BillingAccountId END AS account, ServiceName, ChargeCategory = 'Usage' AS usage,
           min(series_id) AS part
    FROM series WHERE BillingCurrency = $currency
    GROUP BY ALL
), placed AS MATERIALIZED ( -- else the days are joined with the parts of all accounts that have the service
    SELECT s.scope_id, p.ServiceName, p.usage, p.part
    FROM scopes s JOIN parts p ON p.account = CASE WHEN s.SubAccountId <> '' THEN s.SubAccountId ELSE s.BillingAccountId END
    WHERE s.BillingCurrency = $currency
)
SELECT p.part, d.day, avg(CASE WHEN $amortized THEN d.EffectiveCost ELSE d.BilledCost END) * count(*) -- cheaper than to cast the sum
FROM daily_services d
JOIN placed p ON p.scope_id = d.scope_id AND p.ServiceName = d.ServiceName AND p.usage = (d.ChargeCategory = 'Usage')
WHERE d.day < $end AND (d.covered OR NOT p.usage)
GROUP BY p.part, d.day
ORDER BY part, day;
