-- What the owner has of each text on each day: the sums are made of it, so that the charges
-- are read once.
CREATE OR REPLACE TEMP TABLE mine_days AS
SELECT key_id, ChargePeriodStart::DATE AS ChargePeriodStart, sum(BilledCost)::DECIMAL(38, 18) AS BilledCost,
       sum(EffectiveCost)::DECIMAL(38, 18) AS EffectiveCost, sum(ConsumedQuantity)::DECIMAL(38, 18) AS ConsumedQuantity
FROM ({charges})
GROUP BY ALL
ORDER BY key_id;
