-- Each owner's number, and what stands before that owner's names.
CREATE OR REPLACE TEMP TABLE parts AS
SELECT owner, row_number() OVER (ORDER BY owner) AS part, printf('%08d ', row_number() OVER (ORDER BY owner)) AS mark
FROM (SELECT DISTINCT owner FROM owned);

-- What each owner has of each text on each day, by the temporary table owned: of it all
-- owners' parts are made without reading the charges again. What has no owner is left out.
CREATE OR REPLACE TEMP TABLE owned_days AS
SELECT o.part, c.key_id, c.ChargePeriodStart::DATE AS ChargePeriodStart, sum(c.BilledCost)::DECIMAL(38, 18) AS BilledCost,
       sum(c.EffectiveCost)::DECIMAL(38, 18) AS EffectiveCost, sum(c.ConsumedQuantity)::DECIMAL(38, 18) AS ConsumedQuantity,
       CASE WHEN bool_and(c.ListCost <> 0) THEN sum(c.ListCost)::DECIMAL(38, 18) END AS ListCost -- where it is known of all
FROM charges c
JOIN (SELECT p.part, w.key_id, w.first_day, w.end_day FROM owned w JOIN parts p ON p.owner = w.owner) o
    ON o.key_id = c.key_id AND c.ChargePeriodStart >= o.first_day AND c.ChargePeriodStart < o.end_day
GROUP BY ALL
ORDER BY o.part, c.key_id;

CREATE OR REPLACE TEMP TABLE part_keys AS
SELECT d.part, p.mark, d.key_id FROM (SELECT DISTINCT part, key_id FROM owned_days) d JOIN parts p ON p.part = d.part ORDER BY ALL;

CREATE OR REPLACE TEMP TABLE scope_numbers AS
SELECT scope_id, row_number() OVER (ORDER BY scope_id) AS number FROM {ledger}.scopes;

-- A ledger in which each owner has accounts, texts and names apart from all others': numbers go
-- on after the billionth for each owner, and names begin with the owner's mark. What adds up
-- one ledger adds up all owners' so, at once.
CREATE OR REPLACE TEMP VIEW apart_charges AS
SELECT * EXCLUDE (part) REPLACE (part * 1000000000 + key_id AS key_id) FROM owned_days;

CREATE OR REPLACE TEMP VIEW apart_keys AS
SELECT k.* REPLACE (p.part * 1000000000 + k.key_id AS key_id, p.part * 1000000000 + n.number AS scope_id,
    p.mark || k.SkuMeter AS SkuMeter, p.mark || k.x_MeterId AS x_MeterId, p.mark || k.ResourceId AS ResourceId)
FROM part_keys p JOIN all_keys k ON k.key_id = p.key_id JOIN scope_numbers n ON n.scope_id = k.scope_id;

CREATE OR REPLACE TEMP VIEW apart_scopes AS
SELECT s.* REPLACE (p.part * 1000000000 + n.number AS scope_id, p.mark || s.BillingAccountId AS BillingAccountId,
    p.mark || s.SubAccountId AS SubAccountId)
FROM parts p CROSS JOIN {ledger}.scopes s JOIN scope_numbers n ON n.scope_id = s.scope_id;

CREATE OR REPLACE TEMP VIEW apart_links AS
SELECT l.* REPLACE (p.mark || l.old AS old, p.mark || l.new AS new) FROM parts p CROSS JOIN {ledger}.links l;
