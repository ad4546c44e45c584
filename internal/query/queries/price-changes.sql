-- What a unit of each meter cost in the period and in the one before, where it differs.
-- period: the bill's name, like 2026-10 (default the newest)
WITH chosen AS (SELECT coalesce($period, (SELECT max(x_BillingPeriod) FROM daily)) AS period),
     before AS (SELECT max(x_BillingPeriod) AS period FROM daily WHERE x_BillingPeriod < (SELECT period FROM chosen)),
     priced AS (
         SELECT ServiceName, SkuMeter, ConsumedUnit, RegionId, BillingCurrency,
                sum(EffectiveCost) FILTER (x_BillingPeriod = (SELECT period FROM chosen)) AS cost,
                sum(ConsumedQuantity) FILTER (x_BillingPeriod = (SELECT period FROM chosen)) AS quantity,
                sum(EffectiveCost) FILTER (x_BillingPeriod = (SELECT period FROM before)) AS cost_before,
                sum(ConsumedQuantity) FILTER (x_BillingPeriod = (SELECT period FROM before)) AS quantity_before
         FROM daily
         WHERE ChargeCategory = 'Usage'
         GROUP BY ALL
     ),
     prices AS (
         SELECT *, cost::DOUBLE / quantity::DOUBLE AS price, cost_before::DOUBLE / quantity_before::DOUBLE AS price_before
         FROM priced
         WHERE quantity > 0 AND quantity_before > 0
     )
SELECT ServiceName, SkuMeter, ConsumedUnit, RegionId, BillingCurrency, round(price_before, 6) AS price_before, round(price, 6) AS price,
       round(100 * (price / nullif(price_before, 0) - 1), 1) AS percent, cost
FROM prices
WHERE abs(price - price_before) > 0.005 * abs(price_before)
ORDER BY abs((price - price_before) * quantity::DOUBLE) DESC, ServiceName, SkuMeter
LIMIT 100;
