-- As spellings.sql, for the names of resources, which belong to a resource id.
WITH written AS (
    SELECT ResourceId AS id, resource_written AS spelling, ResourceName AS shown, sum(rows) AS n
    FROM keys WHERE ResourceId IS NOT NULL AND resource_written IS NOT NULL
    GROUP BY ALL
), best AS (
    SELECT id, arg_max(spelling, (n, spelling)) AS spelling
    FROM (SELECT id, spelling, sum(n) AS n FROM written GROUP BY ALL)
    GROUP BY id
), other AS (
    SELECT DISTINCT w.id, w.shown, b.spelling
    FROM written w JOIN best b ON b.id = w.id
    WHERE w.shown <> b.spelling
)
UPDATE keys SET ResourceName = other.spelling
FROM other WHERE keys.ResourceId = other.id AND keys.ResourceName = other.shown;
