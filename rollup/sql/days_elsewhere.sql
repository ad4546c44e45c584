-- The days on which charges of the owner's series are another owner's, or
-- have none. The amounts are for statistics alone, which judge a resource by its own
-- history: they are shown nowhere. Only keys that are not all the owner's are looked at.
CREATE OR REPLACE TEMP TABLE elsewhere AS
WITH held AS (
    SELECT key_id, sum(end_day - first_day) AS days FROM mine GROUP BY key_id
), numbers AS (
    SELECT DISTINCT w.series_id AS whole, k.series_id FROM whole w JOIN key_series k ON k.key_id = w.key_id WHERE w.own
), others AS (
    SELECT w.key_id, n.series_id, w.x_BillingPeriod
    FROM whole w
    JOIN numbers n ON n.whole = w.series_id
    LEFT JOIN held h ON h.key_id = w.key_id
    WHERE coalesce(h.days, 0) < DATE '9999-01-01' - DATE '1900-01-01'
)
SELECT o.series_id, o.x_BillingPeriod, c.ChargePeriodStart::DATE AS day, sum(c.BilledCost)::DECIMAL(38, 18) AS BilledCost,
    sum(c.EffectiveCost)::DOUBLE AS cost, coalesce(sum(c.ConsumedQuantity)::DOUBLE, 0) AS quantity
FROM {ledger}.charges c
JOIN others o ON o.key_id = c.key_id
LEFT JOIN mine m ON m.key_id = c.key_id AND c.ChargePeriodStart >= m.first_day AND c.ChargePeriodStart < m.end_day
WHERE m.key_id IS NULL
GROUP BY ALL;
DROP TABLE temp.main.whole;
