-- The keys of purged scopes.
DELETE FROM keys WHERE scope_id IN (SELECT scope_id FROM scopes WHERE state = 'purged');
