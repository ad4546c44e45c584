-- What is billed in any currency, in currency {to}: tables of their own, and temporary
-- ones of the ledger's names, before them on this connection.
--
-- The rate of each day: the newest one that is not after it, as in usage_converted. What has
-- none on a day is no charge here; unconverted says what that is.
CREATE OR REPLACE TEMP TABLE day_rates AS
WITH span AS (
    SELECT min(ChargePeriodStart)::DATE AS first, max(ChargePeriodStart)::DATE AS last FROM {ledger}.charges
), days AS (
    SELECT c.currency, unnest(generate_series(s.first::TIMESTAMP, s.last::TIMESTAMP, INTERVAL 1 DAY))::DATE AS day
    FROM span s CROSS JOIN (SELECT DISTINCT BillingCurrency AS currency FROM {ledger}.scopes) c
)
SELECT d.currency, d.day, r.date, r.rate
FROM days d ASOF JOIN {ledger}.rates r ON r."from" = d.currency AND r."to" = {to} AND r.date <= d.day
WHERE d.currency <> {to}
UNION ALL
SELECT currency, day, NULL, 1 FROM days WHERE currency = {to};

CREATE OR REPLACE TEMP TABLE key_currencies AS
SELECT k.key_id, k.scope_id, s.BillingCurrency AS currency FROM {ledger}.keys k JOIN {ledger}.scopes s USING (scope_id) WHERE s.state = 'current';

CREATE OR REPLACE TEMP VIEW converted_charges AS
SELECT c.* REPLACE (
        CASE WHEN r.currency = {to} THEN c.ListUnitPrice ELSE c.ListUnitPrice::DECIMAL(24, 10) * r.rate END AS ListUnitPrice,
        CASE WHEN r.currency = {to} THEN c.ContractedUnitPrice ELSE c.ContractedUnitPrice::DECIMAL(24, 10) * r.rate END AS ContractedUnitPrice,
        CASE WHEN r.currency = {to} THEN c.ListCost ELSE c.ListCost::DECIMAL(24, 10) * r.rate END AS ListCost,
        CASE WHEN r.currency = {to} THEN c.ContractedCost ELSE c.ContractedCost::DECIMAL(24, 10) * r.rate END AS ContractedCost,
        CASE WHEN r.currency = {to} THEN c.BilledCost ELSE c.BilledCost::DECIMAL(24, 10) * r.rate END AS BilledCost,
        CASE WHEN r.currency = {to} THEN c.EffectiveCost ELSE c.EffectiveCost::DECIMAL(24, 10) * r.rate END AS EffectiveCost),
    r.currency AS native_currency, c.BilledCost AS native_billed, c.EffectiveCost AS native_effective, r.date AS rate_date
FROM {ledger}.charges c
JOIN key_currencies q ON q.key_id = c.key_id
JOIN day_rates r ON r.currency = q.currency AND r.day = c.ChargePeriodStart::DATE;

-- The days without a rate are days of which no file has anything: their bills stay. Those of
-- a currency without any rate are none.
CREATE OR REPLACE TEMP TABLE converted_scopes AS
WITH sums AS (
    SELECT q.scope_id, count(*) AS rows, sum(c.BilledCost) AS billed, sum(c.EffectiveCost) AS effective
    FROM converted_charges c JOIN key_currencies q ON q.key_id = c.key_id
    GROUP BY q.scope_id
)
SELECT s.* REPLACE ({to} AS BillingCurrency, coalesce(m.rows, 0) AS rows, coalesce(m.billed, 0) AS BilledCost, coalesce(m.effective, 0) AS EffectiveCost)
FROM {ledger}.scopes s
LEFT JOIN sums m ON m.scope_id = s.scope_id
WHERE s.state = 'current' AND s.BillingCurrency IN (SELECT currency FROM day_rates);

CREATE OR REPLACE TEMP TABLE unrated_scopes AS
FROM {ledger}.scopes WHERE state = 'current' AND BillingCurrency NOT IN (SELECT currency FROM day_rates);

CREATE OR REPLACE TEMP TABLE unconverted AS
SELECT k.BillingCurrency AS currency, CASE WHEN k.SubAccountId <> '' THEN k.SubAccountId ELSE k.BillingAccountId END AS account, k.x_BillingPeriod AS period,
       c.key_id, c.ChargePeriodStart::DATE AS day, count(*) AS rows, sum(c.BilledCost) AS billed
FROM {ledger}.charges c
JOIN current_keys k ON k.key_id = c.key_id AND k.shown
ANTI JOIN day_rates r ON r.currency = k.BillingCurrency AND r.day = c.ChargePeriodStart::DATE
GROUP BY ALL;

CREATE OR REPLACE TEMP VIEW charges AS FROM converted_charges;
CREATE OR REPLACE TEMP TABLE scopes AS FROM converted_scopes;
CREATE OR REPLACE TEMP TABLE estimates AS SELECT * FROM {ledger}.estimates LIMIT 0;
CREATE OR REPLACE TEMP TABLE series AS SELECT * FROM {ledger}.series LIMIT 0;
CREATE OR REPLACE TEMP TABLE daily AS SELECT * FROM {ledger}.daily LIMIT 0;
CREATE OR REPLACE TEMP TABLE daily_services AS SELECT * FROM {ledger}.daily_services LIMIT 0;

-- How many times a day's rate the newest one is, by account: an account is billed in one currency.
CREATE OR REPLACE TEMP TABLE steady_rates AS
WITH accounts AS (
    SELECT BillingAccountId, SubAccountId, any_value(BillingCurrency) AS currency
    FROM {ledger}.scopes WHERE state = 'current' GROUP BY ALL HAVING count(DISTINCT BillingCurrency) = 1
)
SELECT a.BillingAccountId, a.SubAccountId, r.day, (max_by(r.rate, r.day) OVER (PARTITION BY r.currency))::DOUBLE / r.rate::DOUBLE AS ratio
FROM accounts a JOIN day_rates r ON r.currency = a.currency
WHERE r.date IS NOT NULL;

SET VARIABLE converted = true; -- by which it is known that these stand before the ledger's
