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

-- and the stretches of days that follow each other on which a billing account was used, as a whole and,
-- where no file holds an account together with another, by account.
CREATE OR REPLACE TEMP TABLE used_runs AS
WITH held AS (
    SELECT scope_id, load_id, BillingAccountId, CASE WHEN SubAccountId <> '' THEN SubAccountId ELSE BillingAccountId END AS account
    FROM scopes WHERE state = 'current'
), apart AS (
    SELECT account FROM held JOIN (SELECT load_id, count(DISTINCT account) AS accounts FROM held GROUP BY load_id) USING (load_id)
    GROUP BY account HAVING max(accounts) = 1
), days AS (
    SELECT DISTINCT h.BillingAccountId, '' AS account, d.day FROM daily_services d JOIN held h USING (scope_id) WHERE d.ChargeCategory = 'Usage'
    UNION ALL
    SELECT DISTINCT '', h.account, d.day
    FROM daily_services d JOIN held h USING (scope_id) JOIN apart USING (account) WHERE d.ChargeCategory = 'Usage'
), runs AS (
    SELECT BillingAccountId, account, day, day - row_number() OVER (PARTITION BY BillingAccountId, account ORDER BY day)::INTEGER AS run FROM days
)
SELECT BillingAccountId, account, min(day) AS first_day, max(day) AS last_day FROM runs GROUP BY BillingAccountId, account, run;
