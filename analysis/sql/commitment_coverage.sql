-- How much of the usage of services that commitments cover they cover in the period (k = 0), by
-- service, in currency $currency: at list cost where that is known, else at contracted or
-- effective cost.
WITH worth AS (
    SELECT coalesce(u.ServiceName, '') AS service, u.CommitmentDiscountStatus = 'Used' AS covered,
           coalesce(nullif(u.ListCost, 0), nullif(u.ContractedCost, 0), u.EffectiveCost) AS worth
    FROM usage u
    JOIN windows w ON w.k = 0 AND w.account = CASE WHEN u.SubAccountId <> '' THEN u.SubAccountId ELSE u.BillingAccountId END
        AND (w.period IS NULL AND u.ChargePeriodStart >= w.from_day OR w.period = u.x_BillingPeriod) AND u.ChargePeriodStart < w.to_day
    WHERE u.BillingCurrency = $currency AND u.ChargeCategory = 'Usage' AND u.CommitmentDiscountStatus IS DISTINCT FROM 'Unused'
)
SELECT service, coalesce(sum(worth) FILTER (covered), 0) AS covered, sum(worth)
FROM worth
GROUP BY service
HAVING coalesce(sum(worth) FILTER (covered), 0) > 0
ORDER BY sum(worth) DESC, service;
