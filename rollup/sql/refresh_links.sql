-- The same thing under two names: what ends under one where it begins under
-- another, if exactly one thing does so (a gap of up to three days, or one day on
-- which both are charged). Names that go on beside each other are two things.
CREATE OR REPLACE TEMP MACRO follows(first_new, last_old) AS first_new - last_old BETWEEN 0 AND 4;

-- One meter by its id, another name: a rename, everywhere at once.
INSERT INTO links
WITH named AS (
    SELECT ServiceName, x_MeterId, SkuMeter, min(first) AS first, max(last) AS last
    FROM spans WHERE x_MeterId IS NOT NULL AND SkuMeter IS NOT NULL AND x_MeterId NOT LIKE '00000000-%' GROUP BY ALL
)
SELECT 'meter_renamed', 'SkuMeter', o.SkuMeter, n.SkuMeter, '', '', coalesce(o.ServiceName, ''), o.last, n.first
FROM named o JOIN named n ON n.x_MeterId = o.x_MeterId AND n.ServiceName IS NOT DISTINCT FROM o.ServiceName AND n.SkuMeter <> o.SkuMeter
WHERE follows(n.first, o.last) AND o.first < n.first AND o.last < n.last
QUALIFY count(*) OVER (PARTITION BY o.ServiceName, o.x_MeterId, o.SkuMeter) = 1
ORDER BY ALL;

-- One name, another id of the meter, as when an agreement changes.
INSERT INTO links
WITH named AS (
    SELECT ServiceName, SkuMeter, x_MeterId, min(first) AS first, max(last) AS last, count(DISTINCT ResourceId) AS n
    FROM spans WHERE x_MeterId IS NOT NULL AND SkuMeter IS NOT NULL AND x_MeterId NOT LIKE '00000000-%' GROUP BY ALL
), pairs AS (
    SELECT o.ServiceName, o.SkuMeter, o.x_MeterId AS old, n.x_MeterId AS new, o.last, n.first
    FROM named o JOIN named n ON n.SkuMeter = o.SkuMeter AND n.ServiceName IS NOT DISTINCT FROM o.ServiceName AND n.x_MeterId <> o.x_MeterId
    WHERE follows(n.first, o.last) AND o.first < n.first AND o.last < n.last
    QUALIFY count(*) OVER (PARTITION BY o.ServiceName, o.SkuMeter, o.x_MeterId) = 1
)
SELECT 'meter_id', 'x_MeterId', p.old, p.new, '', '', coalesce(p.ServiceName, ''), p.last, p.first
FROM pairs p
-- The resources of the old id must be those of the new one: a region's meter that
-- ends while another region's begins is no change of an id.
WHERE EXISTS (
    SELECT 1 FROM spans a JOIN spans b ON b.ResourceId = a.ResourceId OR (b.name = a.name AND b.grp = a.grp)
    WHERE a.x_MeterId = p.old AND a.SkuMeter = p.SkuMeter AND b.x_MeterId = p.new AND b.SkuMeter = p.SkuMeter)
ORDER BY ALL;

-- One resource, service and unit, another meter: a new size or tier.
INSERT INTO links
WITH metered AS (
    SELECT SubAccountId, ResourceId, ServiceName, ConsumedUnit, SkuMeter, min(first) AS first, max(last) AS last
    FROM spans WHERE ResourceId IS NOT NULL AND SkuMeter IS NOT NULL GROUP BY ALL
)
SELECT 'resized', 'SkuMeter', o.SkuMeter, n.SkuMeter, o.SubAccountId, o.ResourceId, coalesce(o.ServiceName, ''), o.last, n.first
FROM metered o
JOIN metered n ON n.ResourceId = o.ResourceId AND n.SubAccountId = o.SubAccountId AND n.ServiceName IS NOT DISTINCT FROM o.ServiceName
    AND n.ConsumedUnit IS NOT DISTINCT FROM o.ConsumedUnit AND n.SkuMeter <> o.SkuMeter
WHERE follows(n.first, o.last) AND o.first < n.first AND o.last < n.last
  AND NOT EXISTS (SELECT 1 FROM links l WHERE l.kind = 'meter_renamed' AND l.old = o.SkuMeter AND l.new = n.SkuMeter)
QUALIFY count(*) OVER (PARTITION BY o.ResourceId, o.SubAccountId, o.ServiceName, o.ConsumedUnit, o.SkuMeter) = 1
    AND count(*) OVER (PARTITION BY n.ResourceId, n.SubAccountId, n.ServiceName, n.ConsumedUnit, n.SkuMeter) = 1
ORDER BY ALL;

-- A subscription that goes on under another billing account (EA to MCA), or under
-- its name with another id.
INSERT INTO links
WITH accounts AS (
    SELECT BillingAccountId, SubAccountId, min(first) AS first, max(last) AS last FROM spans WHERE SubAccountId <> '' GROUP BY ALL
)
SELECT 'account_id', 'BillingAccountId', o.BillingAccountId, n.BillingAccountId, o.SubAccountId, '', '', o.last, n.first
FROM accounts o JOIN accounts n ON n.SubAccountId = o.SubAccountId AND n.BillingAccountId <> o.BillingAccountId
WHERE follows(n.first, o.last) AND o.first < n.first AND o.last < n.last
QUALIFY count(*) OVER (PARTITION BY o.SubAccountId, o.BillingAccountId) = 1
ORDER BY ALL;

INSERT INTO links
WITH accounts AS (
    SELECT SubAccountName, SubAccountId, min(first) AS first, max(last) AS last FROM spans WHERE SubAccountName <> '' GROUP BY ALL
)
SELECT 'account_id', 'SubAccountId', o.SubAccountId, n.SubAccountId, n.SubAccountId, '', '', o.last, n.first
FROM accounts o JOIN accounts n ON n.SubAccountName = o.SubAccountName AND n.SubAccountId <> o.SubAccountId
WHERE follows(n.first, o.last) AND o.first < n.first AND o.last < n.last
QUALIFY count(*) OVER (PARTITION BY o.SubAccountId) = 1
ORDER BY ALL;

-- Or without a name: all that the one had, two resources at least, goes on in the
-- other; or the only one, which was used for two weeks, on the same day or the next and
-- with the same meters.
INSERT INTO links
WITH accounts AS (
    SELECT SubAccountId, min(first) AS first, max(last) AS last,
           list_sort(list(DISTINCT [coalesce(ServiceName, ''), coalesce(SkuMeter, ''), coalesce(ConsumedUnit, '')])) AS meters
    FROM spans WHERE SubAccountId <> '' GROUP BY ALL
), things AS (
    SELECT DISTINCT SubAccountId, name, type FROM spans WHERE name <> '' AND type <> ''
), held AS (
    SELECT SubAccountId, count(*) AS n FROM things GROUP BY ALL
), pairs AS (
    SELECT o.SubAccountId AS old, n.SubAccountId AS new, a.last, b.first, count(*) AS same, any_value(h.n) AS had,
           b.first - a.last <= 1 AND a.last - a.first >= 13 AND a.meters = b.meters AS alike
    FROM things o JOIN things n ON n.name = o.name AND n.type = o.type AND n.SubAccountId <> o.SubAccountId
    JOIN accounts a ON a.SubAccountId = o.SubAccountId JOIN accounts b ON b.SubAccountId = n.SubAccountId
    JOIN held h ON h.SubAccountId = o.SubAccountId
    WHERE follows(b.first, a.last) AND a.first < b.first AND a.last < b.last
    GROUP BY ALL
)
SELECT 'account_id', 'SubAccountId', old, new, new, '', '', last, first
FROM pairs p
WHERE (same >= 2 AND same * 10 >= had * 8 OR had = 1 AND alike)
  AND NOT EXISTS (SELECT 1 FROM links l WHERE l.kind = 'account_id' AND l.dimension = 'SubAccountId' AND (l.old = p.old OR l.new = p.new))
QUALIFY count(*) OVER (PARTITION BY old) = 1 AND count(*) OVER (PARTITION BY new) = 1
ORDER BY ALL;

-- A resource that goes on under its name, group and type with another id: moved
-- with its subscription, or made anew.
INSERT INTO links
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
INSERT INTO links
WITH things AS (
    SELECT SubAccountId AS sub, ResourceId, name, coalesce(grp, '') AS grp, type, min(first) AS first, max(last) AS last,
           list(DISTINCT [coalesce(ServiceName, ''), coalesce(SkuMeter, ''), coalesce(ConsumedUnit, '')]) AS meters
    FROM spans WHERE ResourceId IS NOT NULL AND name <> '' AND type <> '' GROUP BY ALL
), pairs AS (
    SELECT o.ResourceId AS old, n.ResourceId AS new, n.sub, o.last, n.first
    FROM things o JOIN things n ON n.name = o.name AND n.type = o.type AND n.grp <> o.grp AND n.ResourceId <> o.ResourceId
    WHERE (n.sub = o.sub OR o.last - o.first >= 13) AND n.first - o.last BETWEEN 0 AND 1 AND o.first < n.first AND o.last < n.last AND list_has_any(o.meters, n.meters)
      AND NOT EXISTS (SELECT 1 FROM links l WHERE l.kind = 'resource_id' AND (l.old = o.ResourceId OR l.new = n.ResourceId))
)
SELECT 'resource_id', 'ResourceId', old, new, sub, new, '', last, first
FROM pairs
QUALIFY count(*) OVER (PARTITION BY old) = 1 AND count(*) OVER (PARTITION BY new) = 1
ORDER BY ALL;

-- Or made anew under another name: one of a group, used for two weeks, that ends where one of its
-- type begins that uses the same meters.
INSERT INTO links
WITH things AS (
    SELECT SubAccountId AS sub, grp, coalesce(type, '') AS type, ResourceId, any_value(name) AS name, min(first) AS first, max(last) AS last,
           list_sort(list(DISTINCT [coalesce(ServiceName, ''), coalesce(SkuMeter, ''), coalesce(ConsumedUnit, '')])) AS meters
    FROM spans WHERE ResourceId IS NOT NULL AND grp <> '' GROUP BY ALL
)
SELECT 'resource_id', 'ResourceId', o.ResourceId, n.ResourceId, n.sub, n.ResourceId, '', o.last, n.first
FROM things o JOIN things n ON n.sub = o.sub AND n.grp = o.grp AND n.type = o.type AND n.meters = o.meters AND n.ResourceId <> o.ResourceId
WHERE n.first - o.last BETWEEN 0 AND 1 AND o.last - o.first >= 13 AND o.last < n.last
  AND NOT EXISTS (SELECT 1 FROM links l WHERE l.kind = 'resource_id' AND (l.old = o.ResourceId OR l.new = n.ResourceId))
QUALIFY count(*) OVER (PARTITION BY o.ResourceId) = 1 AND count(*) OVER (PARTITION BY n.ResourceId) = 1
ORDER BY ALL;
