-- Cost and quantity per window k < $3 and series, in currency $1, as sums.sql adds
-- them up.
SELECT w.k, d.series_id, sum(CASE WHEN $2 THEN d.EffectiveCost ELSE d.BilledCost END), coalesce(sum(d.ConsumedQuantity), 0)
FROM daily d
JOIN series s ON s.series_id = d.series_id AND s.BillingCurrency = $1
JOIN windows w ON w.account = CASE WHEN s.SubAccountId <> '' THEN s.SubAccountId ELSE s.BillingAccountId END
    AND (w.period IS NULL AND d.day >= w.from_day OR w.period = d.x_BillingPeriod)
    AND d.day < w.to_day AND w.k < $3
GROUP BY w.k, d.series_id
ORDER BY w.k, d.series_id;
