-- Among days that begin on the evening before, by UTC, hours are of the day that begins before them. What lies before the first
-- day is of it.
UPDATE split_scopes SET begins = CASE WHEN e.from_day >= begins::DATE THEN begins ELSE begins + e.by END,
    ends = CASE WHEN ends < TIMESTAMP '9999-01-01' THEN ends + e.by ELSE ends END
FROM (
    SELECT p.old_scope, any_value(s.from_day) AS from_day, min(c.ChargePeriodStart - date_trunc('day', c.ChargePeriodStart)) AS by
    FROM split_scopes p JOIN scopes s ON s.scope_id = p.old_scope JOIN keys k ON k.scope_id = s.scope_id JOIN charges c ON c.key_id = k.key_id
    WHERE c.load_id = $load AND s.ahead = 1 AND k.ChargeCategory = 'Usage'
        AND c.ChargePeriodEnd - c.ChargePeriodStart >= INTERVAL 23 HOURS AND hour(c.ChargePeriodStart) >= 11
    GROUP BY p.old_scope
) e
WHERE e.old_scope = split_scopes.old_scope;
