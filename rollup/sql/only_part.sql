-- What only.sql, its sums and days_elsewhere.sql make of one owner's charges, from the parts that EveryPart
-- made of all owners', which {parts} has.
SET VARIABLE part = (SELECT coalesce(max(part), 0) FROM {parts}.parts WHERE owner = {owner});

CREATE OR REPLACE TEMP VIEW charges AS
{charges};

CREATE OR REPLACE TEMP TABLE keys AS
SELECT * FROM {ledger}.keys WHERE key_id IN (SELECT key_id FROM {parts}.part_keys WHERE part = getvariable('part'));

CREATE OR REPLACE TEMP TABLE scopes AS SELECT * EXCLUDE (part) FROM {parts}.each_scopes WHERE part = getvariable('part');
CREATE OR REPLACE TEMP TABLE links AS SELECT * EXCLUDE (part) FROM {parts}.each_links WHERE part = getvariable('part');
CREATE OR REPLACE TEMP TABLE restatements AS SELECT * FROM {ledger}.restatements LIMIT 0;
CREATE OR REPLACE TEMP TABLE series AS SELECT * EXCLUDE (part) FROM {parts}.each_series WHERE part = getvariable('part');
CREATE OR REPLACE TEMP TABLE daily AS SELECT * EXCLUDE (part) FROM {parts}.each_daily WHERE part = getvariable('part');
CREATE OR REPLACE TEMP TABLE daily_services AS SELECT * EXCLUDE (part) FROM {parts}.each_daily_services WHERE part = getvariable('part');
CREATE OR REPLACE TEMP TABLE elsewhere AS SELECT * EXCLUDE (part) FROM {parts}.each_elsewhere WHERE part = getvariable('part');
