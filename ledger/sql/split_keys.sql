-- The keys of the scopes in split_scopes that have charges both among what goes to the new scope and
-- beside it.
SELECT c.key_id
FROM charges c
JOIN keys k ON k.key_id = c.key_id
JOIN split_scopes s ON s.old_scope = k.scope_id
GROUP BY c.key_id
HAVING bool_or(c.ChargePeriodStart >= s.begins AND c.ChargePeriodStart < s.ends)
   AND bool_or(c.ChargePeriodStart < s.begins OR c.ChargePeriodStart >= s.ends)
ORDER BY 1;
