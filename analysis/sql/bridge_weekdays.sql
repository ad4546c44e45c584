-- Usage per window, series and weekday (Sunday is 0) in currency $currency, as doubles:
-- the quantity where it has one unit, else the cost; and on how many days,
-- from which to which. The days $holidays, since 1970, count as Sundays.
WITH holidays AS (
    SELECT DATE '1970-01-01' + unnest($holidays::BIGINT[])::INTEGER AS day
), each AS (
    SELECT s.series_id, s.SkuMeter <> '' AND s.ConsumedUnit <> '' AS metered, w.*
    FROM series s JOIN windows w ON w.account = CASE WHEN s.SubAccountId <> '' THEN s.SubAccountId ELSE s.BillingAccountId END
    WHERE s.BillingCurrency = $currency AND s.ChargeCategory = 'Usage' AND w.k >= $windows
), used AS (
    SELECT w.k, d.series_id, d.day, d.cost, d.quantity, w.metered
    FROM daily d JOIN each w ON w.series_id = d.series_id AND w.period = d.x_BillingPeriod AND d.day >= w.from_day AND d.day < w.end_day AND d.day < w.to_day
    UNION ALL
    SELECT w.k, d.series_id, d.day, d.cost, d.quantity, w.metered
    FROM daily d JOIN each w ON w.series_id = d.series_id AND w.period IS NULL AND d.day >= w.from_day AND d.day < w.end_day AND d.day < w.to_day
), recounted AS (
    SELECT k, series_id FROM used WHERE cost > 0 AND quantity > 0 GROUP BY ALL HAVING max(cost / quantity) > 8 * min(cost / quantity)
)
SELECT u.k, u.series_id, CASE WHEN h.day IS NULL THEN dayofweek(u.day) ELSE 0 END AS weekday,
       sum(CASE WHEN u.metered AND r.k IS NULL THEN u.quantity ELSE u.cost END), count(DISTINCT u.day), min(u.day), max(u.day)
FROM used u LEFT JOIN holidays h ON h.day = u.day LEFT JOIN recounted r ON r.k = u.k AND r.series_id = u.series_id
GROUP BY ALL
ORDER BY ALL;
