-- The currencies of the ledger, the one with the most rows first; whether any
-- file shows the bill itself, or only amortized cost.
SELECT BillingCurrency, sum(rows)::BIGINT AS rows, bool_and(cost_type = 'amortized') AS amortized_only
FROM scopes WHERE state = 'current'
GROUP BY BillingCurrency
ORDER BY rows DESC, BillingCurrency;
