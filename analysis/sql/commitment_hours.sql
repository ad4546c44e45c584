-- The hours of each reservation from $first up to, not including, $end, as Azure's reservation
-- details have them, and its name as charges of currency $currency have it: reserved and used. One
-- that charges of other currencies alone name is theirs.
WITH named AS (
    SELECT lower(regexp_extract(CommitmentDiscountId, '[^/]+$')) AS id, max(CommitmentDiscountName) FILTER (BillingCurrency = $currency) AS name,
           bool_or(BillingCurrency = $currency) AS here
    FROM current_keys WHERE CommitmentDiscountId <> '' GROUP BY 1
)
SELECT h.id, coalesce(n.name, max(h.sku), ''), sum(h.reserved), sum(h.used), count(*)
FROM reservation_hours h LEFT JOIN named n ON n.id = h.id
WHERE h.day >= $first AND h.day < $end AND coalesce(n.here, true)
GROUP BY h.id, n.name
ORDER BY sum(h.reserved - h.used) DESC, h.id;
