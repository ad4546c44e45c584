-- How much of each reservation and savings plan was used, by effective cost, beside what is billed of it, and what it saved of the list price. FOCUS: quantify the utilization of commitment discounts.
-- period: the bill's name, like 2026-10 (default the newest)
SELECT CommitmentDiscountId, max(CommitmentDiscountName) AS CommitmentDiscountName, BillingCurrency, sum(BilledCost) AS billed,
       sum(x_Used) AS used, sum(x_Unused) AS unused, round(100 * sum(x_Used)::DOUBLE / nullif(sum(x_Used) + sum(x_Unused), 0)::DOUBLE, 1) AS percent_used,
       CASE WHEN bool_and(x_ListCost IS NOT NULL) THEN sum(x_ListCost) - sum(x_Used) - sum(x_Unused) END AS saved,
       CASE WHEN bool_and(x_ListCost IS NOT NULL) THEN round(100 * (1 - (sum(x_Used) + sum(x_Unused))::DOUBLE / nullif(sum(x_ListCost), 0)::DOUBLE), 1) END AS savings_rate
FROM commitment_days
WHERE x_BillingPeriod = coalesce($period, (SELECT max(x_BillingPeriod) FROM daily))
GROUP BY CommitmentDiscountId, BillingCurrency
ORDER BY unused DESC, used DESC, CommitmentDiscountId;
