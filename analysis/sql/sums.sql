-- Cost per window and series, in currency $1. The temporary table windows holds,
-- for each account and comparison k, which days of which bill to add up; a
-- window without a period takes the days of all bills.
SELECT w.k, d.series_id, sum(CASE WHEN $2 THEN d.EffectiveCost ELSE d.BilledCost END)
FROM daily d
JOIN series s ON s.series_id = d.series_id AND s.BillingCurrency = $1
JOIN windows w ON w.account = CASE WHEN s.SubAccountId <> '' THEN s.SubAccountId ELSE s.BillingAccountId END
    AND (w.period IS NULL AND d.day >= w.from_day OR w.period = d.x_BillingPeriod)
    AND d.day < w.to_day
GROUP BY w.k, d.series_id
ORDER BY w.k, d.series_id;
