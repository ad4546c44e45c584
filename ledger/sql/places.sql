-- How far each account's place is east of UTC, of what the loads $new and $old have in the billing period that begins on $start:
-- of days that begin on UTC's evening before, their clock says it; of hours, how long before their scope's days they begin.
INSERT INTO places
SELECT scope_id, CASE WHEN ahead = 1 THEN INTERVAL 1 DAY - coalesce(clock, INTERVAL 0 HOUR) WHEN first < begins THEN begins - first END AS east
FROM (
    SELECT s.scope_id, any_value(s.ahead) AS ahead, any_value(s.from_day)::TIMESTAMP AS begins, min(c.ChargePeriodStart) AS first,
           min(c.ChargePeriodStart - date_trunc('day', c.ChargePeriodStart)) FILTER (k.ChargeCategory = 'Usage' AND hour(c.ChargePeriodStart) >= 11
               AND c.ChargePeriodEnd - c.ChargePeriodStart >= INTERVAL 23 HOUR) AS clock
    FROM scopes s JOIN keys k ON k.scope_id = s.scope_id JOIN charges c ON c.key_id = k.key_id
    WHERE s.load_id IN ($new, $old) AND c.load_id IN ($new, $old) AND s.BillingPeriodStart = $start
    GROUP BY s.scope_id
)
WHERE ahead = 1 OR first < begins;
