-- What of the hours of each reservation was used and what was not on each day from $first up to, not
-- including, $end, as Azure's reservation details have them: of those of which charges of currency
-- $currency, or none, have the id.
WITH named AS (
    SELECT lower(regexp_extract(CommitmentDiscountId, '[^/]+$')) AS id, max(CommitmentDiscountName) FILTER (BillingCurrency = $currency) AS name,
           bool_or(BillingCurrency = $currency) AS here
    FROM current_keys WHERE CommitmentDiscountId <> '' GROUP BY 1
)
SELECT h.id, coalesce(n.name, h.sku), h.day, least(h.used, h.reserved), greatest(h.reserved - h.used, 0)
FROM reservation_hours h LEFT JOIN named n ON n.id = h.id
WHERE h.day >= $first AND h.day < $end AND h.reserved > 0 AND coalesce(n.here, true)
ORDER BY ALL;
