-- The days of scopes begin when those of their places do (places). What lies before the first of days that UTC's evening begins is of it.
UPDATE split_scopes SET
    begins = CASE WHEN e.later > INTERVAL 0 HOUR AND e.from_day >= begins::DATE THEN begins ELSE begins + e.later END,
    ends = CASE WHEN ends < TIMESTAMP '9999-01-01' THEN ends + e.later ELSE ends END
FROM (SELECT s.scope_id, s.from_day, to_days(s.ahead) - p.east AS later FROM scopes s JOIN places p ON p.scope_id = s.scope_id) e
WHERE e.scope_id = split_scopes.old_scope;
