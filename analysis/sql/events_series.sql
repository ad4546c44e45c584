-- Which series an event is of (temporary table matches, its lines are events): of those of
-- whose texts one of its rules takes some.
SELECT DISTINCT m.line, k.series_id
FROM matches m JOIN key_series k ON k.key_id = m.key_id;
