-- What each owner has of each text on each day, by the temporary table owned: of it all
-- owners' parts are made without reading the charges again. What has no owner is left out.
CREATE OR REPLACE TEMP TABLE owned_days AS
SELECT o.owner, c.key_id, c.ChargePeriodStart::DATE AS ChargePeriodStart, sum(c.BilledCost)::DECIMAL(38, 18) AS BilledCost,
       sum(c.EffectiveCost)::DECIMAL(38, 18) AS EffectiveCost, sum(c.ConsumedQuantity)::DECIMAL(38, 18) AS ConsumedQuantity,
       CASE WHEN bool_and(c.ListCost <> 0) THEN sum(c.ListCost)::DECIMAL(38, 18) END AS ListCost -- where it is known of all
FROM charges c
JOIN owned o ON o.key_id = c.key_id AND c.ChargePeriodStart >= o.first_day AND c.ChargePeriodStart < o.end_day
GROUP BY ALL
ORDER BY o.owner, c.key_id;
