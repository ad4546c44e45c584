-- The charges of the loads $first to $last per key and day, which all else about them
-- is made of; and whether all are of whole days that begin before UTC's do. Midnight of a place west of UTC
-- is before 11:00.
INSERT INTO load_days
SELECT key_id, ChargePeriodStart::DATE, count(*), sum(BilledCost), sum(EffectiveCost),
       bool_and(ChargePeriodStart - ChargePeriodStart::DATE::TIMESTAMP > INTERVAL 10 HOUR AND extract('minute' FROM ChargePeriodStart) % 15 = 0
           AND ChargePeriodEnd - ChargePeriodStart >= INTERVAL 23 HOUR)
FROM charges WHERE load_id BETWEEN $first AND $last
GROUP BY ALL;
