-- The accounts of which all usage up to day $last is charged in one currency and then, from a day
-- within a week on, in another: the two currencies, that day, and the last one of the later currency.
WITH spans AS (
    SELECT CASE WHEN s.SubAccountId <> '' THEN s.SubAccountId ELSE s.BillingAccountId END AS account, s.BillingCurrency AS currency,
           min(d.day) AS first_day, max(d.day) AS last_day
    FROM daily_services d JOIN scopes s ON s.scope_id = d.scope_id
    WHERE s.state = 'current' AND d.ChargeCategory = 'Usage' AND d.day <= $last
    GROUP BY ALL
)
SELECT o.account, o.currency, n.currency, n.first_day, n.last_day
FROM spans o JOIN spans n ON n.account = o.account AND n.first_day - o.last_day BETWEEN 1 AND 7
ORDER BY ALL;
