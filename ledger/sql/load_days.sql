-- The charges of a load ($1 is its first key) per key and day, which all else
-- about the load is made of.
INSERT INTO load_days
SELECT key_id, ChargePeriodStart::DATE, count(*), sum(BilledCost), sum(EffectiveCost)
FROM charges WHERE key_id >= $1
GROUP BY ALL;
