-- Cost, quantity and how far the price of a unit differs by day, per window k < $windows and series, in currency $currency, as sums.sql adds
-- them up.
WITH each AS (
    SELECT s.series_id, w.*
    FROM series s JOIN windows w ON w.account = CASE WHEN s.SubAccountId <> '' THEN s.SubAccountId ELSE s.BillingAccountId END
    WHERE s.BillingCurrency = $currency AND w.k < $windows
)
SELECT w.k, d.series_id, sum(CASE WHEN $amortized THEN d.EffectiveCost ELSE d.BilledCost END), coalesce(sum(d.ConsumedQuantity), 0),
       coalesce(max(d.cost / d.quantity) FILTER (d.cost > 0 AND d.quantity > 0) / min(d.cost / d.quantity) FILTER (d.cost > 0 AND d.quantity > 0), 0)
FROM daily d JOIN each w ON w.series_id = d.series_id AND w.period = d.x_BillingPeriod AND d.day < w.to_day
GROUP BY w.k, d.series_id
UNION ALL
SELECT w.k, d.series_id, sum(CASE WHEN $amortized THEN d.EffectiveCost ELSE d.BilledCost END), coalesce(sum(d.ConsumedQuantity), 0),
       coalesce(max(d.cost / d.quantity) FILTER (d.cost > 0 AND d.quantity > 0) / min(d.cost / d.quantity) FILTER (d.cost > 0 AND d.quantity > 0), 0)
FROM daily d JOIN each w ON w.series_id = d.series_id AND w.period IS NULL AND d.day >= w.from_day AND d.day < w.to_day
GROUP BY w.k, d.series_id
ORDER BY ALL;
