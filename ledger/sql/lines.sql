-- The current lines of the loads $new and $old in the billing periods that begin on $start: a
-- line is a resource and meter on a day, known by the hash of its texts. Where $own, a day is
-- that of its account's place: that may be east of UTC, and one of the two may not say so.
INSERT INTO load_lines
SELECT s.load_id, s.BillingAccountId, s.SubAccountId, s.x_BillingPeriod, s.BillingPeriodStart, s.BillingCurrency,
       d.day + CASE WHEN $own THEN s.ahead ELSE 0 END, coalesce(k.ServiceName, ''), hash(k.ResourceId, k.SkuMeter, k.ChargeCategory, k.ChargeDescription, k.ConsumedUnit),
       hash(k.ResourceId, k.SkuMeter), sum(d.rows)::BIGINT,
       sum(CASE WHEN s.cost_type = 'focus' THEN d.billed ELSE d.effective END), bool_or(d.used), bool_or(d.back)
FROM (
    SELECT key_id, ChargePeriodStart::DATE AS day, count(*) AS rows, sum(BilledCost) AS billed, sum(EffectiveCost) AS effective,
           bool_or(BilledCost >= 0 AND EffectiveCost >= 0) AS used, bool_or(BilledCost < 0 OR EffectiveCost < 0) AS back
    FROM charges
    WHERE load_id IN ($new, $old)
    GROUP BY ALL
) d
JOIN keys k ON k.key_id = d.key_id
JOIN scopes s ON s.scope_id = k.scope_id
WHERE s.load_id IN ($new, $old) AND s.BillingPeriodStart = $start AND s.state = 'current'
GROUP BY ALL;
