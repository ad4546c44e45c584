-- One owner's part of the ledger, as temporary tables of the ledger's names.
CREATE OR REPLACE TEMP VIEW charges AS
{charges};

CREATE OR REPLACE TEMP {keys} keys AS
SELECT * FROM {texts};

-- All bills of the accounts that have any charge of the owner's: they say which
-- days are known, not what they cost.
CREATE OR REPLACE TEMP TABLE scopes AS
WITH accounts AS (
    SELECT DISTINCT s.BillingAccountId, s.SubAccountId, s.BillingCurrency
    FROM {ledger}.scopes s JOIN keys k ON k.scope_id = s.scope_id WHERE s.state = 'current'
)
SELECT s.* REPLACE (0::BIGINT AS rows, 0::DECIMAL(38, 18) AS BilledCost, 0::DECIMAL(38, 18) AS EffectiveCost)
FROM {ledger}.scopes s
JOIN accounts a ON a.BillingAccountId = s.BillingAccountId AND a.SubAccountId = s.SubAccountId AND a.BillingCurrency = s.BillingCurrency;

-- What replacements changed is known by service, not by owner.
CREATE OR REPLACE TEMP TABLE restatements AS SELECT * FROM {ledger}.restatements LIMIT 0;

CREATE OR REPLACE TEMP TABLE links AS
WITH known AS (
    SELECT unnest([SkuMeter, x_MeterId, ResourceId]) AS name FROM keys
    UNION SELECT unnest([BillingAccountId, SubAccountId]) FROM scopes
)
SELECT * FROM {ledger}.links WHERE old IN (SELECT name FROM known) AND new IN (SELECT name FROM known);

CREATE OR REPLACE TEMP TABLE series AS SELECT * FROM {ledger}.series LIMIT 0;
CREATE OR REPLACE TEMP TABLE daily AS SELECT * FROM {ledger}.daily LIMIT 0;
CREATE OR REPLACE TEMP TABLE daily_services AS SELECT * FROM {ledger}.daily_services LIMIT 0;
