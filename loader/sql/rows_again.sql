-- Of load $load, in each currency: how many rows it has, how many of these are there before, and what they cost; how many times the
-- rarest row is there; whether each is there $copies times, or a multiple of that.
SELECT BillingCurrency, count(*), count(*) FILTER (nth > 1), coalesce(sum(BilledCost) FILTER (nth > 1), 0), min(n), bool_and(n % $copies = 0)
FROM (
    SELECT c.key_id, c.BilledCost, row_number() OVER (PARTITION BY c) AS nth, count(*) OVER (PARTITION BY c) AS n
    FROM charges c
    WHERE c.load_id = $load
)
JOIN load_keys USING (key_id)
GROUP BY BillingCurrency
ORDER BY BillingCurrency;
