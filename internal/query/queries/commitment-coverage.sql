-- How much of the usage of each service commitments cover, at list cost where that is known. FOCUS: identify coverage of commitment discounts.
-- period: the bill's name, like 2026-10 (default the newest)
SELECT ServiceName, BillingCurrency, sum(worth) FILTER (covered) AS covered, sum(worth) AS total,
       round(100 * (sum(worth) FILTER (covered))::DOUBLE / nullif(sum(worth), 0)::DOUBLE, 1) AS percent_covered
FROM (
    SELECT ServiceName, BillingCurrency, coalesce(CommitmentDiscountStatus = 'Used', false) AS covered,
           coalesce(nullif(ListCost, 0), nullif(ContractedCost, 0), EffectiveCost) AS worth
    FROM usage
    WHERE x_BillingPeriod = coalesce($period, (SELECT max(x_BillingPeriod) FROM daily)) AND ChargeCategory = 'Usage' AND CommitmentDiscountStatus IS DISTINCT FROM 'Unused'
)
GROUP BY ServiceName, BillingCurrency
HAVING sum(worth) FILTER (covered) > 0
ORDER BY total DESC, ServiceName;
