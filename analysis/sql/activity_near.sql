-- What was done to the resources of each finding (temporary table told) near its start and,
-- of a finding on one resource, how that was created, up to a day.
WITH covered AS (
    SELECT t.finding, lower(s.ResourceId) AS id, min(s.ResourceId) AS ResourceId, min(t.from_day) AS from_day, min(t.to_day) AS to_day,
           min(t.last_day) AS last_day
    FROM told t JOIN series s ON s.series_id = t.series_id
    WHERE s.ResourceId <> ''
    GROUP BY t.finding, lower(s.ResourceId)
), alone AS (
    SELECT finding, count(*) = 1 AS one FROM covered GROUP BY finding
), done AS (
    SELECT lower(ResourceId) AS id, done_at, what, size, caller,
           lag(size IGNORE NULLS) OVER (PARTITION BY lower(ResourceId) ORDER BY done_at) AS was
    FROM activity
    WHERE lower(ResourceId) IN (SELECT id FROM covered)
)
SELECT c.finding, c.ResourceId, d.done_at::DATE AS day, d.what, coalesce(d.caller, ''), coalesce(d.size, ''), coalesce(d.was, '')
FROM covered c
JOIN alone a ON a.finding = c.finding
JOIN done d ON d.id = c.id
WHERE d.done_at::DATE <= c.last_day
  AND (d.done_at::DATE BETWEEN c.from_day AND c.to_day OR a.one AND d.what = 'created' AND d.done_at::DATE < c.from_day)
ORDER BY c.finding, d.done_at, c.ResourceId, d.what;
