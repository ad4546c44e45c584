-- The current lines of the loads $new and $old in the billing periods that begin on $start: a
-- line is a resource and meter on a day, known by the hash of its texts. Where $own, a day is
-- that of its account's place (places): that may be east of UTC, and one of the two may not say so. What lies before the first of
-- days that UTC's evening begins, or behind the last, is of these.
INSERT INTO load_lines
WITH placed AS (
    SELECT k.key_id, p.east, s.ahead, s.from_day, CASE WHEN s.ahead = 1 THEN s.to_day ELSE DATE '9999-01-01' END AS last
    FROM keys k JOIN scopes s ON s.scope_id = k.scope_id JOIN places p ON p.scope_id = s.scope_id
    WHERE $own AND s.load_id IN ($new, $old)
)
SELECT s.load_id, s.BillingAccountId, s.SubAccountId, s.x_BillingPeriod, s.BillingPeriodStart, s.BillingCurrency, d.day,
       coalesce(k.ServiceName, ''), hash(k.ResourceId, k.SkuMeter, k.ChargeCategory, k.ChargeDescription, k.ConsumedUnit),
       hash(k.ResourceId, k.SkuMeter), sum(d.rows)::BIGINT,
       sum(CASE WHEN s.cost_type = 'focus' THEN d.billed ELSE d.effective END), bool_or(d.used), bool_or(d.back)
FROM (
    SELECT c.key_id, CASE WHEN p.east IS NULL THEN c.ChargePeriodStart::DATE
                          ELSE least(greatest((c.ChargePeriodStart + p.east)::DATE, least(c.ChargePeriodStart::DATE, p.from_day) + p.ahead), p.last)
                     END AS day,
           count(*) AS rows, sum(BilledCost) AS billed, sum(EffectiveCost) AS effective,
           bool_or(BilledCost >= 0 AND EffectiveCost >= 0) AS used, bool_or(BilledCost < 0 OR EffectiveCost < 0) AS back
    FROM charges c LEFT JOIN placed p ON p.key_id = c.key_id
    WHERE load_id IN ($new, $old)
    GROUP BY ALL
) d
JOIN keys k ON k.key_id = d.key_id
JOIN scopes s ON s.scope_id = k.scope_id
WHERE s.load_id IN ($new, $old) AND s.BillingPeriodStart = $start AND s.state = 'current'
GROUP BY ALL;
