-- Resources that go on as another one (refresh_links).

-- A resource that goes on under its name, group and type with another id: moved
-- with its subscription, or made anew.
INSERT INTO linked
WITH things AS (
    SELECT ResourceId, name, grp, type, max(SubAccountId) AS sub, min(first) AS first, max(last) AS last
    FROM spans WHERE ResourceId IS NOT NULL AND name <> '' AND grp <> '' AND type <> '' GROUP BY ALL
)
SELECT 'resource_id', 'ResourceId', o.ResourceId, n.ResourceId, n.sub, n.ResourceId, '', o.last, n.first
FROM things o JOIN things n ON n.name = o.name AND n.grp = o.grp AND n.type = o.type AND n.ResourceId <> o.ResourceId
WHERE follows(n.first, o.last) AND o.first < n.first AND o.last < n.last
QUALIFY count(*) OVER (PARTITION BY o.ResourceId) = 1 AND count(*) OVER (PARTITION BY n.ResourceId) = 1
ORDER BY ALL;

-- Or moved into another group, into one or out of one, of its subscription or, used for two weeks, of another:
-- of its name, type and meters, on the same day or the next. Of several moves each goes on in the next; of equal names that
-- end or begin together none is known to be the other.
INSERT INTO linked
WITH things AS (
    SELECT SubAccountId AS sub, ResourceId, name, coalesce(grp, '') AS grp, type, min(first) AS first, max(last) AS last,
           list(DISTINCT [coalesce(ServiceName, ''), coalesce(SkuMeter, ''), coalesce(ConsumedUnit, '')]) AS meters
    FROM spans WHERE ResourceId IS NOT NULL AND name <> '' AND type <> '' GROUP BY ALL
), pairs AS (
    SELECT o.ResourceId AS old, n.ResourceId AS new, n.sub, o.last, n.first
    FROM things o JOIN things n ON n.name = o.name AND n.type = o.type AND n.grp <> o.grp AND n.ResourceId <> o.ResourceId
    WHERE (n.sub = o.sub OR o.last - o.first >= 13) AND n.first - o.last BETWEEN 0 AND 1 AND o.first < n.first AND o.last < n.last AND list_has_any(o.meters, n.meters)
      AND NOT EXISTS (SELECT 1 FROM linked l WHERE l.kind = 'resource_id' AND (l.old = o.ResourceId OR l.new = n.ResourceId))
)
SELECT 'resource_id', 'ResourceId', old, new, sub, new, '', last, first
FROM pairs
QUALIFY count(*) OVER (PARTITION BY old) = 1 AND count(*) OVER (PARTITION BY new) = 1
ORDER BY ALL;

-- Or made anew under another name: one of a group, used for two weeks, that ends where one of its
-- type begins that uses the same meters.
INSERT INTO linked
WITH things AS (
    SELECT SubAccountId AS sub, grp, coalesce(type, '') AS type, ResourceId, any_value(name) AS name, min(first) AS first, max(last) AS last,
           list_sort(list(DISTINCT [coalesce(ServiceName, ''), coalesce(SkuMeter, ''), coalesce(ConsumedUnit, '')])) AS meters
    FROM spans WHERE ResourceId IS NOT NULL AND grp <> '' GROUP BY ALL
)
SELECT 'resource_id', 'ResourceId', o.ResourceId, n.ResourceId, n.sub, n.ResourceId, '', o.last, n.first
FROM things o JOIN things n ON n.sub = o.sub AND n.grp = o.grp AND n.type = o.type AND n.meters = o.meters AND n.ResourceId <> o.ResourceId
WHERE n.first - o.last BETWEEN 0 AND 1 AND o.last - o.first >= 13 AND o.last < n.last
  AND NOT EXISTS (SELECT 1 FROM linked l WHERE l.kind = 'resource_id' AND (l.old = o.ResourceId OR l.new = n.ResourceId))
QUALIFY count(*) OVER (PARTITION BY o.ResourceId) = 1 AND count(*) OVER (PARTITION BY n.ResourceId) = 1
ORDER BY ALL;
