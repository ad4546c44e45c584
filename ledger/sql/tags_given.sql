-- The texts of charges with the tags that a file gives to their resource, group or
-- subscription, where they do not have the key: of several the nearest. A key is spelled as
-- the charges have it, whatever case the file writes it in; one that they lack as its first line does.
CREATE OR REPLACE TEMP TABLE keys AS
WITH rules AS (
    SELECT line, lower(resource) AS resource, lower(grp) AS grp, lower(subscription) AS subscription, key, lower(key) AS low, value
    FROM (SELECT unnest(from_json({rules}, '[{"line": "INTEGER", "resource": "VARCHAR", "grp": "VARCHAR", "subscription": "VARCHAR", "key": "VARCHAR", "value": "VARCHAR"}]'), recursive := true))
), spelled AS (
    SELECT lower(key) AS low, arg_max(key, n) AS key
    FROM (SELECT key, count(*) AS n FROM (SELECT unnest(map_keys(Tags)) AS key FROM keys) GROUP BY key)
    GROUP BY 1
), written AS (
    SELECT low, arg_min(key, line) AS key FROM rules GROUP BY low
), charged AS MATERIALIZED (
    SELECT k.key_id, lower(k.ResourceId) AS resource, lower(k.x_ResourceGroupName) AS grp, lower(s.SubAccountId) AS id, lower(s.SubAccountName) AS name,
           list_transform(map_keys(k.Tags), lambda key: lower(key)) AS has
    FROM keys k JOIN scopes s ON s.scope_id = k.scope_id
), given AS (
    SELECT c.key_id, c.has, r.*, 1 AS far FROM rules r JOIN charged c ON c.resource = r.resource WHERE r.resource <> ''
    UNION ALL
    SELECT c.key_id, c.has, r.*, CASE WHEN r.subscription = '' THEN 3 ELSE 2 END
    FROM rules r JOIN charged c ON c.grp = r.grp WHERE r.grp <> '' AND (r.subscription = '' OR r.subscription = c.id OR r.subscription = c.name)
    UNION ALL
    SELECT c.key_id, c.has, r.*, 4 FROM rules r JOIN charged c ON c.id = r.subscription WHERE r.grp = '' AND r.subscription <> ''
    UNION ALL
    SELECT c.key_id, c.has, r.*, 5 FROM rules r JOIN charged c ON c.name = r.subscription WHERE r.grp = '' AND r.subscription <> ''
), nearest AS (
    SELECT key_id, low, arg_min(value, (far, line)) AS value
    FROM given WHERE NOT coalesce(list_contains(has, low), false)
    GROUP BY ALL
), more AS (
    SELECT n.key_id, map(list(coalesce(s.key, w.key) ORDER BY n.low), list(n.value ORDER BY n.low)) AS tags
    FROM nearest n JOIN written w ON w.low = n.low LEFT JOIN spelled s ON s.low = n.low
    GROUP BY n.key_id
)
SELECT k.* REPLACE (CASE WHEN m.tags IS NULL THEN k.Tags WHEN k.Tags IS NULL THEN m.tags ELSE map_concat(k.Tags, m.tags) END AS Tags)
FROM keys k LEFT JOIN more m ON m.key_id = k.key_id;
