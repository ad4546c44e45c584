-- Of bridge_sums.sql, the cost of the days $days alone.
WITH each AS (
    SELECT s.series_id, w.*
    FROM series s JOIN windows w ON w.account = CASE WHEN s.SubAccountId <> '' THEN s.SubAccountId ELSE s.BillingAccountId END
    WHERE s.BillingCurrency = $currency AND w.k < $windows
)
SELECT w.k, d.series_id, sum(CASE WHEN $amortized THEN d.EffectiveCost ELSE d.BilledCost END)
FROM daily d JOIN each w ON w.series_id = d.series_id AND d.day < w.to_day
    AND (w.period = d.x_BillingPeriod OR w.period IS NULL AND d.day >= w.from_day)
WHERE d.day IN (SELECT unnest($days::VARCHAR[])::DATE)
GROUP BY w.k, d.series_id
ORDER BY ALL;
