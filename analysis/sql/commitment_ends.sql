-- The commitments of which a file of contract commitments says that they end on $from or later, by
-- their ids or as charges name the contract's, or Azure's transactions when they were bought and for
-- how long. Of each, by service, what its usage of currency
-- $currency from $first up to, not including, $end is worth at list cost, what of that is paid with the
-- commitment, by the cost that is shown, on how many days, and how many charges have no list cost.
WITH contracted AS (
    SELECT DISTINCT k.CommitmentDiscountId AS id, c.ContractCommitmentPeriodEnd::DATE AS end_day
    FROM current_keys k
    JOIN contract_commitments c ON lower(c.ContractCommitmentId) = lower(k.CommitmentDiscountId)
        OR contains(k.ContractApplied, '"' || c.ContractCommitmentId || '"')
    WHERE k.CommitmentDiscountId <> ''
), bought AS ( -- of orders of which nothing came back: the term after the first purchase
    SELECT said['reservationorderid'] AS order_id,
           (min(said['eventdate']::DATE) + to_years(max(TRY_CAST(regexp_extract(upper(said['term']), '^P([0-9]+)Y$', 1) AS INTEGER))))::DATE AS end_day
    FROM reservations
    WHERE kind = 'transaction'
    GROUP BY 1
    HAVING bool_and(lower(said['eventtype']) = 'purchase') AND bool_and(regexp_matches(upper(said['term']), '^P[1-9][0-9]?Y$'))
), ordered AS ( -- the order is in the id, or in the file of hours
    SELECT i.id, coalesce(nullif(regexp_extract(lower(i.id), '/reservationorders/([^/]+)/', 1), ''), h.order_id) AS order_id
    FROM (SELECT DISTINCT CommitmentDiscountId AS id FROM current_keys WHERE CommitmentDiscountId <> '') i
    LEFT JOIN (SELECT id, max(order_id) AS order_id FROM reservation_hours GROUP BY id) h ON h.id = lower(regexp_extract(i.id, '[^/]+$'))
), ends AS (
    FROM contracted WHERE end_day >= $from
    UNION ALL
    SELECT o.id, b.end_day FROM ordered o JOIN bought b ON b.order_id = o.order_id
    WHERE b.end_day >= $from AND o.id NOT IN (SELECT id FROM contracted)
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
