-- The charges of the loads $first to $last per key and day, which all else about them
-- is made of.
INSERT INTO load_days
SELECT key_id, ChargePeriodStart::DATE, count(*), sum(BilledCost), sum(EffectiveCost)
FROM charges WHERE load_id BETWEEN $first AND $last
GROUP BY ALL;
