-- What each reservation and savings plan cost, used and unused. FOCUS: quantify the usage of commitment discounts.
-- period: the bill's name, like 2026-10 (default the newest)
SELECT CommitmentDiscountId, max(CommitmentDiscountName) AS CommitmentDiscountName, CommitmentDiscountStatus, BillingCurrency, sum(BilledCost) AS billed, sum(EffectiveCost) AS effective
FROM usage
WHERE x_BillingPeriod = coalesce($period, (SELECT max(x_BillingPeriod) FROM daily)) AND CommitmentDiscountId <> ''
GROUP BY CommitmentDiscountId, CommitmentDiscountStatus, BillingCurrency
ORDER BY effective DESC, CommitmentDiscountId, CommitmentDiscountStatus;
