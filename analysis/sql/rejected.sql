-- How many rows of the current files of the accounts were rejected.
SELECT coalesce(sum(rejected), 0)::BIGINT FROM loads WHERE load_id IN (SELECT load_id FROM scopes WHERE state = 'current');
