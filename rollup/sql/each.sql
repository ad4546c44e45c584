-- Takes all owners' sums, which only made of a ledger in which they are apart, asunder:
-- tables with the owner's number, and views of the ledger's names that show those of the
-- owner whose number the variable part has.
CREATE OR REPLACE TEMP TABLE each_series AS
SELECT series_id // 1000000000 AS part,
       * REPLACE (series_id % 1000000000 AS series_id, BillingAccountId[10:] AS BillingAccountId,
                  SubAccountId[10:] AS SubAccountId, ResourceId[10:] AS ResourceId, SkuMeter[10:] AS SkuMeter)
FROM series ORDER BY ALL;
DROP TABLE IF EXISTS temp.main.all_daily;
ALTER TABLE temp.main.daily RENAME TO all_daily;
CREATE OR REPLACE TEMP VIEW each_daily AS
SELECT series_id // 1000000000 AS part, * REPLACE (series_id % 1000000000 AS series_id) FROM all_daily;
CREATE OR REPLACE TEMP TABLE each_daily_services AS
SELECT d.scope_id // 1000000000 AS part, d.* REPLACE (n.scope_id AS scope_id)
FROM daily_services d JOIN scope_numbers n ON n.number = d.scope_id % 1000000000
ORDER BY part, n.scope_id, d.day;
CREATE OR REPLACE TEMP TABLE each_scopes AS
SELECT s.scope_id // 1000000000 AS part,
       s.* REPLACE (n.scope_id AS scope_id, s.BillingAccountId[10:] AS BillingAccountId, s.SubAccountId[10:] AS SubAccountId)
FROM scopes s JOIN scope_numbers n ON n.number = s.scope_id % 1000000000
ORDER BY part, n.scope_id;
CREATE OR REPLACE TEMP TABLE each_links AS
SELECT left(old, 8)::BIGINT AS part, * REPLACE (old[10:] AS old, new[10:] AS new) FROM links ORDER BY part;

DROP VIEW temp.main.charges;
DROP VIEW temp.main.keys;
DROP TABLE temp.main.scopes;
DROP TABLE temp.main.links;
DROP TABLE temp.main.series;
DROP TABLE temp.main.daily_services;

CREATE TEMP VIEW charges AS
SELECT * EXCLUDE (part) FROM owned_days WHERE part = getvariable('part');
CREATE TEMP VIEW keys AS
SELECT * FROM all_keys WHERE key_id IN (SELECT key_id FROM part_keys WHERE part = getvariable('part'));
CREATE TEMP VIEW scopes AS SELECT * EXCLUDE (part) FROM each_scopes WHERE part = getvariable('part');
CREATE TEMP VIEW links AS SELECT * EXCLUDE (part) FROM each_links WHERE part = getvariable('part');
CREATE TEMP VIEW series AS SELECT * EXCLUDE (part) FROM each_series WHERE part = getvariable('part');
CREATE TEMP VIEW daily AS
SELECT * REPLACE (series_id % 1000000000 AS series_id) FROM all_daily
WHERE series_id >= getvariable('part') * 1000000000 AND series_id < (getvariable('part') + 1) * 1000000000;
CREATE TEMP VIEW daily_services AS SELECT * EXCLUDE (part) FROM each_daily_services WHERE part = getvariable('part');
