-- Subscriptions and billing accounts that go on as another one (refresh_links).

-- A subscription that goes on under another billing account (EA to MCA), or under
-- its name with another id.
INSERT INTO linked
WITH accounts AS (
    SELECT BillingAccountId, SubAccountId, min(first) AS first, max(last) AS last FROM spans WHERE SubAccountId <> '' GROUP BY ALL
)
SELECT 'account_id', 'BillingAccountId', o.BillingAccountId, n.BillingAccountId, o.SubAccountId, '', '', o.last, n.first
FROM accounts o JOIN accounts n ON n.SubAccountId = o.SubAccountId AND n.BillingAccountId <> o.BillingAccountId
WHERE follows(n.first, o.last) AND o.first < n.first AND o.last < n.last
QUALIFY count(*) OVER (PARTITION BY o.SubAccountId, o.BillingAccountId) = 1
ORDER BY ALL;

INSERT INTO linked
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
-- with the meters of its last two days, whatever others it has besides. What has a name and a type goes on
-- by these, for its id may hold the subscription's; else by its id.
INSERT INTO linked
WITH meters AS (
    SELECT SubAccountId, [coalesce(ServiceName, ''), coalesce(SkuMeter, ''), coalesce(ConsumedUnit, '')] AS meter, min(first) AS first, max(last) AS last
    FROM spans WHERE SubAccountId <> '' GROUP BY ALL
), ends AS (
    SELECT SubAccountId, min(first) AS first, max(last) AS last FROM meters GROUP BY ALL
), accounts AS (
    SELECT SubAccountId, e.first, e.last, list(meter) AS meters, list(meter) FILTER (m.last >= e.last - 1) AS lately
    FROM meters m JOIN ends e USING (SubAccountId) GROUP BY ALL
), things AS (
    SELECT DISTINCT SubAccountId, CASE WHEN name <> '' AND type <> '' THEN name ELSE ResourceId END AS name, coalesce(type, '') AS type
    FROM spans WHERE ResourceId IS NOT NULL OR name <> '' AND type <> ''
), held AS (
    SELECT SubAccountId, count(*) AS n FROM things GROUP BY ALL
), pairs AS (
    SELECT o.SubAccountId AS old, n.SubAccountId AS new, a.last, b.first, count(*) AS same, any_value(h.n) AS had,
           b.first - a.last <= 1 AND a.last - a.first >= 13 AND list_has_all(b.meters, a.lately) AS alike
    FROM things o JOIN things n ON n.name = o.name AND n.type = o.type AND n.SubAccountId <> o.SubAccountId
    JOIN accounts a ON a.SubAccountId = o.SubAccountId JOIN accounts b ON b.SubAccountId = n.SubAccountId
    JOIN held h ON h.SubAccountId = o.SubAccountId
    WHERE follows(b.first, a.last) AND a.first < b.first AND a.last < b.last
    GROUP BY ALL
)
SELECT 'account_id', 'SubAccountId', old, new, new, '', '', last, first
FROM pairs p
WHERE (same >= 2 AND same * 10 >= had * 8 OR had = 1 AND alike)
  AND NOT EXISTS (SELECT 1 FROM linked l WHERE l.kind = 'account_id' AND l.dimension = 'SubAccountId' AND (l.old = p.old OR l.new = p.new))
QUALIFY count(*) OVER (PARTITION BY old) = 1 AND count(*) OVER (PARTITION BY new) = 1
ORDER BY ALL;
