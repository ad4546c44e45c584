-- The keys of which all charges go to the new scopes go there as they are.
UPDATE keys SET scope_id = p.new_scope
FROM split_scopes p
WHERE keys.scope_id = p.old_scope AND keys.key_id IN (
    SELECT c.key_id
    FROM charges c
    JOIN keys k ON k.key_id = c.key_id
    JOIN split_scopes s ON s.old_scope = k.scope_id
    GROUP BY c.key_id
    HAVING bool_and(c.ChargePeriodStart >= s.begins AND c.ChargePeriodStart < s.ends)
);
