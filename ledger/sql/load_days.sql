-- The charges of load $load per key and day, which all else about the load is made
-- of.
INSERT INTO load_days
SELECT key_id, ChargePeriodStart::DATE, count(*), sum(BilledCost), sum(EffectiveCost)
FROM charges WHERE load_id = $load
GROUP BY ALL;
