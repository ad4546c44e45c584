-- Each account's billing periods in currency $1, and how far its data reach.
-- Charges that belong to no subscription stand under the billing account.
SELECT CASE WHEN SubAccountId <> '' THEN SubAccountId ELSE BillingAccountId END AS account,
       coalesce(max(SubAccountName), max(BillingAccountName), '') AS name,
       x_BillingPeriod, min(BillingPeriodStart), max(BillingPeriodEnd), min(first_day), max(reach),
       max(l.loaded_at)
FROM scopes s JOIN loads l USING (load_id)
WHERE state = 'current' AND BillingCurrency = $1
GROUP BY account, x_BillingPeriod
ORDER BY account, min(BillingPeriodStart);
