-- Each account's billing periods in currency $currency, and how far its data reach: over
-- the days with usage or, where nothing was used at all, with any charge.
-- Charges that belong to no subscription stand under the billing account.
WITH current AS (
    SELECT * FROM scopes WHERE state = 'current' AND BillingCurrency = $currency
), charged AS (
    SELECT scope_id, min(day) AS first_day, max(day) AS reach
    FROM daily_services
    WHERE NOT EXISTS (SELECT 1 FROM current WHERE reach IS NOT NULL)
    GROUP BY scope_id
)
SELECT max(BillingAccountId),
       CASE WHEN SubAccountId <> '' THEN SubAccountId ELSE BillingAccountId END AS account,
       coalesce(max(SubAccountName), max(BillingAccountName), '') AS name,
       x_BillingPeriod, min(BillingPeriodStart), max(BillingPeriodEnd), min(coalesce(s.first_day, c.first_day)), max(coalesce(s.reach, c.reach)),
       max(l.loaded_at), bool_or(s.BilledCost <> 0 OR s.EffectiveCost <> 0)
FROM current s JOIN loads l USING (load_id) LEFT JOIN charged c USING (scope_id)
GROUP BY account, x_BillingPeriod
ORDER BY account, min(BillingPeriodStart);
