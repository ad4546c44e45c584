-- Usage per window, series and weekday (Sunday is 0) in currency $1, as doubles:
-- the quantity where it has a unit, else the cost. The temporary table holidays
-- has the days that count as Sundays.
SELECT w.k, d.series_id, CASE WHEN h.day IS NULL THEN dayofweek(d.day) ELSE 0 END AS weekday,
       sum(CASE WHEN s.SkuMeter <> '' AND s.ConsumedUnit <> '' THEN d.quantity ELSE d.cost END)
FROM daily d
JOIN series s ON s.series_id = d.series_id AND s.BillingCurrency = $1 AND s.ChargeCategory = 'Usage'
JOIN windows w ON w.account = CASE WHEN s.SubAccountId <> '' THEN s.SubAccountId ELSE s.BillingAccountId END
    AND (w.period IS NULL OR w.period = d.x_BillingPeriod)
    AND d.day >= w.from_day AND d.day < w.end_day AND d.day < w.to_day
LEFT JOIN holidays h ON h.day = d.day
WHERE w.k >= $2
GROUP BY w.k, d.series_id, weekday
ORDER BY w.k, d.series_id, weekday;
