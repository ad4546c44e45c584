-- Meters that go on under another name or id, or whose resource has another (refresh_links).

-- One meter by its id, another name: a rename, everywhere at once.
INSERT INTO linked
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
INSERT INTO linked
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
INSERT INTO linked
WITH metered AS (
    SELECT SubAccountId, ResourceId, ServiceName, ConsumedUnit, SkuMeter, min(first) AS first, max(last) AS last
    FROM spans WHERE ResourceId IS NOT NULL AND SkuMeter IS NOT NULL GROUP BY ALL
)
SELECT 'resized', 'SkuMeter', o.SkuMeter, n.SkuMeter, o.SubAccountId, o.ResourceId, coalesce(o.ServiceName, ''), o.last, n.first
FROM metered o
JOIN metered n ON n.ResourceId = o.ResourceId AND n.SubAccountId = o.SubAccountId AND n.ServiceName IS NOT DISTINCT FROM o.ServiceName
    AND n.ConsumedUnit IS NOT DISTINCT FROM o.ConsumedUnit AND n.SkuMeter <> o.SkuMeter
WHERE follows(n.first, o.last) AND o.first < n.first AND o.last < n.last
  AND NOT EXISTS (SELECT 1 FROM linked l WHERE l.kind = 'meter_renamed' AND l.old = o.SkuMeter AND l.new = n.SkuMeter)
QUALIFY count(*) OVER (PARTITION BY o.ResourceId, o.SubAccountId, o.ServiceName, o.ConsumedUnit, o.SkuMeter) = 1
    AND count(*) OVER (PARTITION BY n.ResourceId, n.SubAccountId, n.ServiceName, n.ConsumedUnit, n.SkuMeter) = 1
ORDER BY ALL;
