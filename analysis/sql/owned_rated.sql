;
-- Hides again what owned_unrated showed.
DELETE FROM temp.main.scopes WHERE scope_id IN (SELECT scope_id FROM unrated_scopes);
