-- The current lines of the loads $new and $old in the billing periods that begin on $start: a
-- line is a resource and meter on a day, known by the hash of its texts. Where $own, a day is
-- that of its account's place: that may be east of UTC, and one of the two may not say so. What lies before a scope's days
-- says how far: of hours its first ones; among days ahead of UTC's, hours of the last lie after them.
INSERT INTO load_lines
WITH east AS (
    SELECT k.scope_id, any_value(s.from_day)::TIMESTAMP - min(c.ChargePeriodStart) AS by
    FROM scopes s JOIN keys k ON k.scope_id = s.scope_id JOIN charges c ON c.key_id = k.key_id
    WHERE $own AND s.load_id IN ($new, $old) AND c.load_id IN ($new, $old) AND s.BillingPeriodStart = $start AND s.state = 'current' AND s.ahead = 0
    GROUP BY k.scope_id
    HAVING min(c.ChargePeriodStart) < any_value(s.from_day)::TIMESTAMP
), shifted AS (
    SELECT k.key_id, e.by FROM keys k JOIN east e ON e.scope_id = k.scope_id
)
SELECT s.load_id, s.BillingAccountId, s.SubAccountId, s.x_BillingPeriod, s.BillingPeriodStart, s.BillingCurrency,
       CASE WHEN $own AND s.ahead = 1 THEN least(d.day, s.to_day - 1) + 1 ELSE d.day END, coalesce(k.ServiceName, ''), hash(k.ResourceId, k.SkuMeter, k.ChargeCategory, k.ChargeDescription, k.ConsumedUnit),
       hash(k.ResourceId, k.SkuMeter), sum(d.rows)::BIGINT,
       sum(CASE WHEN s.cost_type = 'focus' THEN d.billed ELSE d.effective END), bool_or(d.used), bool_or(d.back)
FROM (
    SELECT c.key_id, CASE WHEN h.by IS NULL THEN ChargePeriodStart::DATE ELSE (ChargePeriodStart + h.by)::DATE END AS day,
           count(*) AS rows, sum(BilledCost) AS billed, sum(EffectiveCost) AS effective,
           bool_or(BilledCost >= 0 AND EffectiveCost >= 0) AS used, bool_or(BilledCost < 0 OR EffectiveCost < 0) AS back
    FROM charges c LEFT JOIN shifted h ON h.key_id = c.key_id
    WHERE load_id IN ($new, $old)
    GROUP BY ALL
) d
JOIN keys k ON k.key_id = d.key_id
JOIN scopes s ON s.scope_id = k.scope_id
WHERE s.load_id IN ($new, $old) AND s.BillingPeriodStart = $start AND s.state = 'current'
GROUP BY ALL;
