-- How much of each reservation and savings plan was used on each day, and what was paid for nothing.
-- period: the bill's name, like 2026-10 (default the newest)
SELECT ChargePeriodStart, CommitmentDiscountId, CommitmentDiscountName, BillingCurrency, x_Used AS used, x_Unused AS unused,
       round(100 * x_Used::DOUBLE / nullif(x_Used + x_Unused, 0)::DOUBLE, 1) AS percent_used
FROM commitment_days
WHERE x_BillingPeriod = coalesce($period, (SELECT max(x_BillingPeriod) FROM daily)) AND (x_Used <> 0 OR x_Unused <> 0)
ORDER BY ChargePeriodStart, CommitmentDiscountId;
