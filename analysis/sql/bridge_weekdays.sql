-- Usage per window, series and weekday (Sunday is 0) in currency $currency, as doubles:
-- the quantity where it has a unit, else the cost; and on how many days. The temporary table holidays
-- has the days that count as Sundays.
WITH each AS (
    SELECT s.series_id, s.SkuMeter <> '' AND s.ConsumedUnit <> '' AS metered, w.*
    FROM series s JOIN windows w ON w.account = CASE WHEN s.SubAccountId <> '' THEN s.SubAccountId ELSE s.BillingAccountId END
    WHERE s.BillingCurrency = $currency AND s.ChargeCategory = 'Usage' AND w.k >= $windows
), used AS (
    SELECT w.k, d.series_id, d.day, CASE WHEN w.metered THEN d.quantity ELSE d.cost END AS used
    FROM daily d JOIN each w ON w.series_id = d.series_id AND w.period = d.x_BillingPeriod AND d.day >= w.from_day AND d.day < w.end_day AND d.day < w.to_day
    UNION ALL
    SELECT w.k, d.series_id, d.day, CASE WHEN w.metered THEN d.quantity ELSE d.cost END
    FROM daily d JOIN each w ON w.series_id = d.series_id AND w.period IS NULL AND d.day >= w.from_day AND d.day < w.end_day AND d.day < w.to_day
)
SELECT u.k, u.series_id, CASE WHEN h.day IS NULL THEN dayofweek(u.day) ELSE 0 END AS weekday, sum(u.used), count(DISTINCT u.day)
FROM used u LEFT JOIN holidays h ON h.day = u.day
GROUP BY ALL
ORDER BY ALL;
