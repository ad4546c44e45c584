-- How many days lie between one day with usage and the next, in currency $currency, by
-- account: each distance, and how often it occurs up to the day $until. Only accounts
-- whose data end before their bill does anywhere are asked about.
WITH quiet AS (
    SELECT DISTINCT CASE WHEN SubAccountId <> '' THEN SubAccountId ELSE BillingAccountId END AS account
    FROM scopes
    WHERE state = 'current' AND BillingCurrency = $currency AND (reach IS NULL OR reach < least(BillingPeriodEnd - 1, $until))
), days AS (
    SELECT DISTINCT CASE WHEN s.SubAccountId <> '' THEN s.SubAccountId ELSE s.BillingAccountId END AS account, d.day
    FROM daily_services d JOIN scopes s ON s.scope_id = d.scope_id
    WHERE s.BillingCurrency = $currency AND d.ChargeCategory = 'Usage' AND d.day <= $until
), apart AS (
    SELECT account, day - lag(day) OVER (PARTITION BY account ORDER BY day) AS distance FROM days WHERE account IN (SELECT account FROM quiet)
)
SELECT account, coalesce(distance, 0)::INTEGER, count(*)::INTEGER FROM apart GROUP BY ALL ORDER BY ALL;
