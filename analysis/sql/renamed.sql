-- Resources and meters that go on under another name or in another size since a
-- day from $first to $last.
SELECT kind, dimension, old, new, ResourceId, first_new
FROM links
WHERE first_new BETWEEN $first AND $last AND kind IN ('resized', 'meter_renamed', 'resource_id')
ORDER BY ALL;
