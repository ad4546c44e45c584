-- What the files tell of the days, whosesoever the charges are, beside told_reaches.sql:
-- the days with usage of each account whose data end before a bill does;
CREATE OR REPLACE TEMP TABLE quiet_days AS
WITH quiet AS (
    SELECT DISTINCT BillingAccountId, SubAccountId FROM scopes
    WHERE state = 'current' AND (reach IS NULL OR reach < least(BillingPeriodEnd - 1, (SELECT max(reach) FROM scopes WHERE state = 'current')))
)
SELECT DISTINCT CASE WHEN s.SubAccountId <> '' THEN s.SubAccountId ELSE s.BillingAccountId END AS account, s.BillingCurrency, d.day
FROM daily_services d JOIN scopes s USING (scope_id) JOIN quiet USING (BillingAccountId, SubAccountId)
WHERE d.ChargeCategory = 'Usage';

-- and the stretches of days that follow each other on which a billing account was used in a currency, as a whole and
-- by account: one is together where a file holds it with another of that currency.
CREATE OR REPLACE TEMP TABLE used_runs AS
WITH held AS (
    SELECT scope_id, load_id, BillingCurrency, BillingAccountId, CASE WHEN SubAccountId <> '' THEN SubAccountId ELSE BillingAccountId END AS account
    FROM scopes WHERE state = 'current'
), filed AS (
    SELECT BillingCurrency, account, max(accounts) > 1 AS together
    FROM held JOIN (SELECT load_id, BillingCurrency, count(DISTINCT account) AS accounts FROM held GROUP BY ALL) USING (load_id, BillingCurrency)
    GROUP BY ALL
), days AS (
    SELECT DISTINCT h.BillingCurrency, h.BillingAccountId, '' AS account, false AS together, d.day
    FROM daily_services d JOIN held h USING (scope_id) WHERE d.ChargeCategory = 'Usage'
    UNION ALL
    SELECT DISTINCT h.BillingCurrency, '', h.account, f.together, d.day
    FROM daily_services d JOIN held h USING (scope_id) JOIN filed f USING (BillingCurrency, account) WHERE d.ChargeCategory = 'Usage'
), runs AS (
    SELECT BillingCurrency, BillingAccountId, account, together, day,
           day - row_number() OVER (PARTITION BY BillingCurrency, BillingAccountId, account ORDER BY day)::INTEGER AS run
    FROM days
)
SELECT BillingCurrency, BillingAccountId, account, together, min(day) AS first_day, max(day) AS last_day
FROM runs GROUP BY BillingCurrency, BillingAccountId, account, together, run;
