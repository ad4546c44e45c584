-- What commitments cost that nothing used. FOCUS: report on the waste of commitment discounts.
-- period: the bill's name, like 2026-10 (default the newest)
SELECT CommitmentDiscountId, max(CommitmentDiscountName) AS CommitmentDiscountName, BillingCurrency, sum(EffectiveCost) AS unused
FROM usage
WHERE x_BillingPeriod = coalesce($period, (SELECT max(x_BillingPeriod) FROM daily)) AND CommitmentDiscountStatus = 'Unused'
GROUP BY CommitmentDiscountId, BillingCurrency
ORDER BY unused DESC, CommitmentDiscountId;
