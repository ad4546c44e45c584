-- A scope of its own for each of those in split_scopes.
INSERT INTO scopes BY NAME
SELECT s.* REPLACE (p.new_scope AS scope_id) FROM scopes s JOIN split_scopes p ON p.old_scope = s.scope_id;
