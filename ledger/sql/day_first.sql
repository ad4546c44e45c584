-- The newest load of format $format whose dates have the day first, by the flag that it was loaded with or a
-- warning that the pattern $said fits, where all current loads of the format have them so; and whether there is one.
WITH held AS (
    SELECT l.load_id, l.ref,
           EXISTS (SELECT 1 FROM load_warnings w WHERE w.load_id = l.load_id AND regexp_matches(w.warning, $said))
           OR EXISTS (SELECT 1 FROM load_flags f WHERE f.load_id = l.load_id AND f.name = 'date-order' AND f.value = 'day-first') AS so
    FROM loads l
    WHERE l.format = $format AND l.load_id IN (SELECT load_id FROM scopes WHERE state = 'current')
)
SELECT coalesce(bool_and(so), false), coalesce(arg_max(ref, load_id), '') FROM held;
