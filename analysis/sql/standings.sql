-- Each account's billing periods in currency $currency, and how far its data reach: over
-- the days with usage or, where nothing was used, and in no other currency since the last bill
-- began, with any charge. Beside that stands how far its bill reaches: the usage of all that is billed with it, and of
-- all that its files hold of the period; in a currency without usage what is charged on each day after it reaches as far. These files are named; then come the day of the last
-- charge of any kind, all billing accounts, a line each, and the day of the first charge. Behind the reach stands how many
-- days later the last of its place's days is. At the end stand how many bills make up the period, and the days of the longest.
-- Charges that belong to no subscription stand under the billing account. Reaches are as of the day of
-- told_reaches.sql or, where $whole, in all.
WITH current AS (
    SELECT s.* REPLACE (CASE WHEN $whole THEN s.reach ELSE b.reach END AS reach), CASE WHEN $whole THEN b.whole_reach ELSE b.bill_reach END AS bill_reach FROM scopes s JOIN bill_reaches b USING (scope_id) WHERE s.state = 'current' AND s.BillingCurrency = $currency
), unused AS (
    SELECT count(reach) = 0 AND coalesce(max(bill_reach) < max(BillingPeriodStart), true) AS all_of_it FROM current
), charged AS (
    SELECT scope_id, min(day) AS first_day, max(day) AS reach
    FROM daily_services
    WHERE (SELECT all_of_it FROM unused)
    GROUP BY scope_id
), runs AS (
    SELECT min(day) AS first_day, max(day) AS last_day
    FROM (SELECT day, day - row_number() OVER (ORDER BY day)::INTEGER AS run
          FROM (SELECT DISTINCT d.day FROM daily_services d JOIN current USING (scope_id) WHERE (SELECT count(reach) = 0 FROM current)))
    GROUP BY run
)
SELECT max(BillingAccountId),
       CASE WHEN SubAccountId <> '' THEN SubAccountId ELSE BillingAccountId END AS account,
       coalesce(max(SubAccountName), max(BillingAccountName), '') AS name,
       x_BillingPeriod, min(BillingPeriodStart) AS starts, max(BillingPeriodEnd), min(coalesce(s.first_day, c.first_day)), max(coalesce(s.reach, c.reach)), coalesce(max(s.reach + s.ahead) - max(s.reach), 0)::INTEGER,
       max(l.loaded_at), bool_or(s.BilledCost <> 0 OR s.EffectiveCost <> 0), max(CASE WHEN r.last_day IS NULL THEN s.bill_reach ELSE least(r.last_day, s.BillingPeriodEnd - 1) END) FILTER (NOT (SELECT all_of_it FROM unused)), string_agg(DISTINCT load_id::VARCHAR, ' '), max(e.day),
       string_agg(DISTINCT BillingAccountId, chr(10)), min(e.first_day),
       count(DISTINCT s.BillingPeriodStart)::INTEGER, max(s.BillingPeriodEnd - s.BillingPeriodStart)::INTEGER
FROM current s JOIN loads l USING (load_id) LEFT JOIN charged c USING (scope_id)
LEFT JOIN runs r ON s.bill_reach + 1 BETWEEN r.first_day AND r.last_day
LEFT JOIN (SELECT scope_id, min(day) AS first_day, max(day) AS day FROM daily_services GROUP BY scope_id) e USING (scope_id)
GROUP BY account, x_BillingPeriod
ORDER BY account, starts;
