-- Resources and meters that go on under another name or in another size since a
-- day from $1 to $2.
SELECT kind, dimension, old, new, ResourceId, first_new
FROM links
WHERE first_new BETWEEN $1 AND $2 AND kind IN ('resized', 'meter_renamed', 'resource_id')
ORDER BY ALL;
