-- The commitments of which a file of contract commitments says that they end on $from or later: by
-- their ids, or as charges name the contract's. Of each, by service, what its usage of currency
-- $currency from $first up to, not including, $end is worth at list cost, what of that is paid with the
-- commitment, by the cost that is shown, on how many days, and how many charges have no list cost.
WITH ends AS (
    SELECT DISTINCT k.CommitmentDiscountId AS id, c.ContractCommitmentPeriodEnd::DATE AS end_day
    FROM current_keys k
    JOIN contract_commitments c ON lower(c.ContractCommitmentId) = lower(k.CommitmentDiscountId)
        OR contains(k.ContractApplied, '"' || c.ContractCommitmentId || '"')
    WHERE k.CommitmentDiscountId <> '' AND c.ContractCommitmentPeriodEnd::DATE >= $from
), used AS (
    SELECT k.CommitmentDiscountId AS id, coalesce(k.ServiceName, '') AS service, sum(c.ListCost) AS worth,
           sum(CASE WHEN NOT $amortized THEN c.BilledCost WHEN k.shadowed THEN 0 ELSE c.EffectiveCost END) AS paid,
           count(*) FILTER (coalesce(c.ListCost, 0) = 0) AS unlisted
    FROM charges c
    JOIN current_keys k ON k.key_id = c.key_id AND k.shown
    WHERE k.BillingCurrency = $currency AND k.ChargeCategory = 'Usage' AND k.CommitmentDiscountStatus = 'Used'
        AND k.CommitmentDiscountId IN (SELECT id FROM ends) AND c.ChargePeriodStart >= $first AND c.ChargePeriodStart < $end
    GROUP BY ALL
)
SELECT e.id, (SELECT max(k.CommitmentDiscountName) FROM current_keys k WHERE k.CommitmentDiscountId = e.id) AS name, max(e.end_day),
       u.service, u.worth, u.paid, coalesce(u.unlisted, 0)
FROM ends e LEFT JOIN used u ON u.id = e.id
GROUP BY ALL
ORDER BY max(e.end_day), e.id, u.service;
