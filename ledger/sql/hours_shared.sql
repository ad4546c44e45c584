-- Of what is charged for a time of less than a day on the days from $from to before $to, in the billing
-- periods that begin on $start: how many times of an account's service, resource and meter load $old
-- has, how many load $new, and how many of these are in both.
WITH times AS (
    SELECT DISTINCT c.load_id, c.ChargePeriodStart AS began, hash(s.SubAccountId, k.ServiceName, k.ResourceId, k.SkuMeter) AS thing
    FROM charges c JOIN keys k ON k.key_id = c.key_id JOIN scopes s ON s.scope_id = k.scope_id
    WHERE c.load_id IN ($new, $old) AND s.load_id IN ($new, $old) AND s.BillingPeriodStart = $start AND s.state = 'current'
        AND k.ChargeCategory = 'Usage' AND c.ChargePeriodStart >= $from::DATE AND c.ChargePeriodStart < $to::DATE
        AND c.ChargePeriodEnd > c.ChargePeriodStart AND c.ChargePeriodEnd < c.ChargePeriodStart + INTERVAL 1 DAY
)
SELECT count(*) FILTER (load_id = $old), count(*) FILTER (load_id = $new), count(*) - count(DISTINCT hash(began, thing)) FROM times;
