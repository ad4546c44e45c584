-- The charges of load $1 per key and day, which all else about the load is made
-- of.
INSERT INTO load_days
SELECT key_id, ChargePeriodStart::DATE, count(*), sum(BilledCost), sum(EffectiveCost)
FROM charges WHERE load_id = $1
GROUP BY ALL;
