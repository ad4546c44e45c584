-- How many rows load $load has, and how many of them on days of which load $other has any.
SELECT count(*), count(*) FILTER (ChargePeriodStart::DATE IN (SELECT ChargePeriodStart::DATE FROM charges WHERE load_id = $other))
FROM charges WHERE load_id = $load;
