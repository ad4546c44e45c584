-- What begins on the evening before the days of a scope, by UTC, is of a place so far east of it: so are its days.
UPDATE split_scopes SET begins = begins - e.by, ends = ends - e.by
FROM (
    SELECT p.old_scope, any_value(s.from_day)::TIMESTAMP - min(c.ChargePeriodStart) AS by
    FROM split_scopes p JOIN scopes s ON s.scope_id = p.old_scope JOIN keys k ON k.scope_id = s.scope_id JOIN charges c ON c.key_id = k.key_id
    WHERE c.load_id = $load AND s.ahead = 0
    GROUP BY p.old_scope
    HAVING min(c.ChargePeriodStart) < any_value(s.from_day)::TIMESTAMP
) e
WHERE e.old_scope = split_scopes.old_scope;
