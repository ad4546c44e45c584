-- The charges of purged scopes.
DELETE FROM charges WHERE key_id IN (SELECT k.key_id FROM keys k JOIN scopes s ON s.scope_id = k.scope_id WHERE s.state = 'purged');
