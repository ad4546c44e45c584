-- The keys in split_keys once more, for the new scopes.
INSERT INTO keys BY NAME
SELECT k.* REPLACE (m.new_key AS key_id, p.new_scope AS scope_id)
FROM keys k
JOIN split_keys m ON m.old_key = k.key_id
JOIN split_scopes p ON p.old_scope = k.scope_id;
