-- The keys of the scopes in split_scopes that have charges both on the days from
-- $from to before $to and on others.
SELECT c.key_id
FROM charges c
JOIN keys k ON k.key_id = c.key_id
JOIN split_scopes s ON s.old_scope = k.scope_id
GROUP BY c.key_id
HAVING bool_or(c.ChargePeriodStart >= $from AND c.ChargePeriodStart < $to)
   AND bool_or(c.ChargePeriodStart < $from OR c.ChargePeriodStart >= $to)
ORDER BY 1;
