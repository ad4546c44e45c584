-- The $most meters that cost most on the days from $ranked up to, not including, $end, in
-- currency $currency: cost and quantity of each day from $first, over all resources. What has
-- no meter or no unit has no quantity to show.
WITH metered AS (
    SELECT series_id, ServiceName, SkuMeter, ConsumedUnit FROM series
    WHERE BillingCurrency = $currency AND ChargeCategory = 'Usage' AND SkuMeter <> '' AND ConsumedUnit <> ''
),
top AS (
    SELECT ServiceName, SkuMeter, ConsumedUnit, sum(d.cost) AS cost
    FROM daily d JOIN metered m ON m.series_id = d.series_id
    WHERE d.covered AND d.day >= $ranked AND d.day < $end
    GROUP BY ALL HAVING sum(d.cost) > 0
    ORDER BY cost DESC, ServiceName, SkuMeter, ConsumedUnit LIMIT $most
)
SELECT m.ServiceName, m.SkuMeter, m.ConsumedUnit, d.day, sum(d.EffectiveCost), coalesce(sum(d.ConsumedQuantity), 0)::DECIMAL(38, 18), t.cost AS ranked
FROM daily d JOIN metered m ON m.series_id = d.series_id JOIN top t ON t.ServiceName = m.ServiceName AND t.SkuMeter = m.SkuMeter AND t.ConsumedUnit = m.ConsumedUnit
WHERE d.covered AND d.day >= $first AND d.day < $end
GROUP BY m.ServiceName, m.SkuMeter, m.ConsumedUnit, d.day, t.cost
ORDER BY ranked DESC, ServiceName, SkuMeter, ConsumedUnit, day;
