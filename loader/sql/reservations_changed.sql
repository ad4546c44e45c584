-- How many rows of kind $kind a file says that were not said, or no longer says of what it speaks for.
WITH was AS (
    SELECT scope, id, map_entries(said)::VARCHAR AS said FROM reservations WHERE kind = $kind AND scope IN (SELECT scope FROM reservations_said)
), is_now AS (SELECT scope, id, map_entries(said)::VARCHAR AS said FROM reservations_said)
SELECT (SELECT count(*) FROM (FROM is_now EXCEPT FROM was)) + (SELECT count(*) FROM was ANTI JOIN is_now USING (scope, id));
