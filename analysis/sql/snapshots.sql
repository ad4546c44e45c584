-- What each file said of an account's bill in currency $currency, oldest first: the export's
-- day or, where none is told, the load's; how far it reached; its total. Where files
-- show the bill itself and others the amortized cost, those that show the bill.
WITH told AS (
    SELECT s.BillingAccountId, CASE WHEN s.SubAccountId <> '' THEN s.SubAccountId ELSE s.BillingAccountId END AS account,
           s.x_BillingPeriod, s.load_id, coalesce(l.submitted, l.loaded_at)::DATE AS told_on, s.cost_type,
           max(s.reach) AS reach, sum(s.BilledCost) AS total
    FROM scopes s JOIN loads l USING (load_id)
    WHERE s.BillingCurrency = $currency
    GROUP BY ALL
)
SELECT BillingAccountId, account, x_BillingPeriod, told_on, reach, total
FROM told
QUALIFY cost_type = first_value(cost_type) OVER (PARTITION BY BillingAccountId, account, x_BillingPeriod ORDER BY cost_type = 'amortized', load_id DESC)
ORDER BY load_id;
