-- What was done to resources that the connection sees, newest first. $resources are their ids
-- in small letters.
WITH done AS (
    SELECT lower(ResourceId) AS id, done_at, what, size, caller,
           lag(size IGNORE NULLS) OVER (PARTITION BY lower(ResourceId) ORDER BY done_at) AS was
    FROM activity
    WHERE lower(ResourceId) IN (SELECT unnest($resources::VARCHAR[]))
)
SELECT s.ResourceId, d.done_at::DATE AS day, d.what, coalesce(d.caller, ''), coalesce(d.size, ''), coalesce(d.was, '')
FROM done d
JOIN (SELECT lower(ResourceId) AS id, min(ResourceId) AS ResourceId FROM series WHERE ResourceId <> '' GROUP BY lower(ResourceId)) s ON s.id = d.id
WHERE d.done_at::DATE <= $last
ORDER BY d.done_at DESC, s.ResourceId, d.what
LIMIT 50;
