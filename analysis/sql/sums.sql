-- Cost per window, in currency $currency, and per series in those whose k is in $windows; of
-- the others there is one sum, of series -1. The temporary table windows holds,
-- for each account and comparison k, which days of which bill to add up; a window
-- without a period takes the days of all bills.
WITH each AS (
    SELECT s.series_id, w.*
    FROM series s JOIN windows w ON w.account = CASE WHEN s.SubAccountId <> '' THEN s.SubAccountId ELSE s.BillingAccountId END
    WHERE s.BillingCurrency = $currency AND w.k IN (SELECT unnest($windows::BIGINT[]))
), whole AS (
    SELECT s.scope_id, w.*
    FROM scopes s JOIN windows w ON w.account = CASE WHEN s.SubAccountId <> '' THEN s.SubAccountId ELSE s.BillingAccountId END
        AND (w.period IS NULL OR w.period = s.x_BillingPeriod)
    WHERE s.state = 'current' AND s.BillingCurrency = $currency AND w.k NOT IN (SELECT unnest($windows::BIGINT[]))
)
SELECT w.k, d.series_id, sum(CASE WHEN $amortized THEN d.EffectiveCost ELSE d.BilledCost END)
FROM daily d JOIN each w ON w.series_id = d.series_id AND w.period = d.x_BillingPeriod AND d.day < w.to_day
GROUP BY ALL
UNION ALL
SELECT w.k, d.series_id, sum(CASE WHEN $amortized THEN d.EffectiveCost ELSE d.BilledCost END)
FROM daily d JOIN each w ON w.series_id = d.series_id AND w.period IS NULL AND d.day >= w.from_day AND d.day < w.to_day
GROUP BY ALL
UNION ALL
SELECT w.k, -1, sum(CASE WHEN $amortized THEN d.EffectiveCost ELSE d.BilledCost END)
FROM daily_services d JOIN whole w ON w.scope_id = d.scope_id AND (w.period IS NOT NULL OR d.day >= w.from_day) AND d.day < w.to_day
GROUP BY ALL;
