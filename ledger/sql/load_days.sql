-- The charges of the loads $first to $last per key and day, which all else about them
-- is made of. Whether those of whole days begin before UTC's do; midnight of a place west of UTC
-- is before 11:00. What is charged for less than a day says nothing of it; the hours of UTC in which it begins, a bit each, and
-- the last of these times, tell where a bill of hours begins.
INSERT INTO load_days
SELECT key_id, ChargePeriodStart::DATE, count(*), sum(BilledCost), sum(EffectiveCost),
       bool_and(ChargePeriodStart - ChargePeriodStart::DATE::TIMESTAMP > INTERVAL 10 HOUR AND extract('minute' FROM ChargePeriodStart) % 15 = 0
           AND ChargePeriodEnd - ChargePeriodStart >= INTERVAL 23 HOUR)
           FILTER (ChargePeriodEnd - ChargePeriodStart >= INTERVAL 23 HOUR OR ChargePeriodEnd = ChargePeriodStart),
       bit_or(1::UINTEGER << hour(ChargePeriodStart)::UINTEGER)
           FILTER (ChargePeriodEnd - ChargePeriodStart < INTERVAL 23 HOUR AND ChargePeriodEnd > ChargePeriodStart),
       max(ChargePeriodStart)
FROM charges WHERE load_id BETWEEN $first AND $last
GROUP BY ALL;
