-- What the scopes in split_scopes, old and new, hold now.
UPDATE scopes SET rows = n.rows, first_day = n.first_day, reach = n.reach, BilledCost = n.billed, EffectiveCost = n.effective
FROM (
    SELECT k.scope_id, count(*) AS rows,
           min(c.ChargePeriodStart::DATE) FILTER (k.ChargeCategory = 'Usage' AND k.ChargeFrequency IS DISTINCT FROM 'One-Time') AS first_day,
           max(c.ChargePeriodStart::DATE) FILTER (k.ChargeCategory = 'Usage' AND k.ChargeFrequency IS DISTINCT FROM 'One-Time') AS reach,
           sum(c.BilledCost) AS billed, sum(c.EffectiveCost) AS effective
    FROM charges c
    JOIN keys k ON k.key_id = c.key_id
    WHERE k.scope_id IN (SELECT old_scope FROM split_scopes UNION ALL SELECT new_scope FROM split_scopes)
    GROUP BY k.scope_id
) n
WHERE scopes.scope_id = n.scope_id;
