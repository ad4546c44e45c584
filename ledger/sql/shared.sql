-- Of the days, resources and meters of load $2 in the billing period that
-- begins on $3: how many there are, and how many load $1 has as well.
WITH lines AS (
    SELECT DISTINCT s.load_id, c.ChargePeriodStart, k.ResourceId, k.ServiceName, k.SkuMeter
    FROM charges c JOIN keys k ON k.key_id = c.key_id JOIN scopes s ON s.scope_id = k.scope_id
    WHERE s.load_id IN ($1, $2) AND s.BillingPeriodStart = $3
)
SELECT count(*), count(n.load_id)
FROM (SELECT * FROM lines WHERE load_id = $2) o
LEFT JOIN (SELECT * FROM lines WHERE load_id = $1) n
    ON n.ChargePeriodStart = o.ChargePeriodStart AND n.ResourceId IS NOT DISTINCT FROM o.ResourceId
   AND n.ServiceName IS NOT DISTINCT FROM o.ServiceName AND n.SkuMeter IS NOT DISTINCT FROM o.SkuMeter;
