-- The days on which each thing was charged, first and last, for refresh_links.
DELETE FROM links;
CREATE OR REPLACE TEMP TABLE spans AS
SELECT s.BillingAccountId, s.SubAccountId, s.SubAccountName, k.ServiceName, k.SkuMeter, k.x_MeterId, k.ConsumedUnit,
       k.ResourceId, lower(k.ResourceName) AS name, lower(k.x_ResourceGroupName) AS grp,
       lower(coalesce(nullif(k.ResourceType, ''), regexp_extract(k.ResourceId, '(?i)/providers/(.+)/[^/]+$', 1))) AS type,
       min(c.first) AS first, max(c.last) AS last
FROM (SELECT key_id, min(ChargePeriodStart)::DATE AS first, max(ChargePeriodStart)::DATE AS last FROM charges GROUP BY ALL) c
JOIN keys k ON k.key_id = c.key_id
JOIN scopes s ON s.scope_id = k.scope_id
WHERE s.state = 'current' AND k.ChargeCategory = 'Usage'
GROUP BY ALL;
