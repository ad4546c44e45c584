-- The days on which each thing was charged, first and last, for refresh_links: days with usage are numbered, for of others nothing is
-- known, and a thing that ends before some of them goes on after. Where fewer than half of the days have any, it is calendar days that are.
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
CREATE OR REPLACE TEMP TABLE used_days AS
SELECT day, CASE WHEN 2 * count(*) OVER () > max(day) OVER () - min(day) OVER () THEN row_number() OVER (ORDER BY day) ELSE day - min(day) OVER () END AS n
FROM (SELECT d.day FROM daily d JOIN series s ON s.series_id = d.series_id WHERE s.ChargeCategory = 'Usage'
      UNION SELECT unnest([first, last]) FROM spans);
CREATE OR REPLACE TEMP TABLE spans AS
SELECT s.* REPLACE (f.n AS first, l.n AS last) FROM spans s JOIN used_days f ON f.day = s.first JOIN used_days l ON l.day = s.last;
CREATE OR REPLACE TEMP TABLE linked AS SELECT * REPLACE (0::BIGINT AS last_old, 0::BIGINT AS first_new) FROM links LIMIT 0;
