-- What the loads $new and $old (load_lines) have of each day from $from to before $to, by
-- currency, and whether $new has fewer than $percent of a hundred of the rows of $old
-- there or, with $accounts, not all of its accounts. Of the day within which $new begins it
-- must have $enough of a hundred. What one of the two did not name the currency of is in
-- the only one that the other has.
WITH begun AS (
    SELECT min(ChargePeriodStart) AS first FROM charges WHERE load_id = $new HAVING first > first::DATE::TIMESTAMP
), named AS (
    SELECT load_id, any_value(BillingCurrency) AS currency FROM load_lines GROUP BY load_id HAVING count(DISTINCT BillingCurrency) = 1
), lines AS (
    SELECT l.* REPLACE (CASE WHEN l.BillingCurrency = 'XXX' AND n.currency IS NOT NULL THEN n.currency ELSE l.BillingCurrency END AS BillingCurrency)
    FROM load_lines l LEFT JOIN named n ON n.load_id <> l.load_id
), sides AS (
    SELECT day, BillingCurrency,
           coalesce(sum(rows) FILTER (load_id = $new), 0)::BIGINT AS new_rows, coalesce(sum(rows) FILTER (load_id = $old), 0)::BIGINT AS old_rows,
           coalesce(sum(cost) FILTER (load_id = $new), 0) AS new_cost, coalesce(sum(cost) FILTER (load_id = $old), 0) AS old_cost,
           coalesce(list(DISTINCT BillingAccountId || '|' || SubAccountId) FILTER (load_id = $new), []) AS new_accounts,
           coalesce(list(DISTINCT BillingAccountId || '|' || SubAccountId) FILTER (load_id = $old), []) AS old_accounts
    FROM lines
    WHERE day >= $from::DATE AND day < $to::DATE
    GROUP BY ALL
)
SELECT day, BillingCurrency, new_rows, old_rows, new_cost, old_cost,
       new_rows * 100 < old_rows * CASE WHEN day = (SELECT first::DATE FROM begun) THEN $enough ELSE $percent END OR $accounts AND NOT list_has_all(new_accounts, old_accounts)
FROM sides
WHERE old_rows > 0
ORDER BY ALL;
