-- The scopes in split_scopes that hold nothing.
DELETE FROM scopes
WHERE scope_id IN (SELECT old_scope FROM split_scopes UNION ALL SELECT new_scope FROM split_scopes)
  AND scope_id NOT IN (SELECT scope_id FROM keys);
