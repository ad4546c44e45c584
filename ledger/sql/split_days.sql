-- The old scopes speak for the days before or after those from $from to before $to.
UPDATE scopes SET
    from_day = CASE WHEN from_day >= $from::DATE THEN $to::DATE ELSE from_day END,
    to_day = CASE WHEN to_day <= $to::DATE THEN $from::DATE ELSE to_day END
WHERE scope_id IN (SELECT old_scope FROM split_scopes);
