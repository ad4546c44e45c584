-- Whether one of the first rows of load $load is there once: then it is not put together from copies.
WITH first AS (
    SELECT DISTINCT key_id, ChargePeriodStart, BilledCost FROM (SELECT * FROM charges WHERE load_id = $load LIMIT 100)
)
SELECT EXISTS (
    SELECT 1
    FROM first JOIN charges c USING (key_id, ChargePeriodStart, BilledCost)
    WHERE c.load_id = $load
    GROUP BY key_id, ChargePeriodStart, BilledCost
    HAVING count(*) = 1
);
