-- What load $load has (load_lines) on the days from $from to before $to, by currency, and whether
-- all of it is booked back.
SELECT BillingCurrency, list(DISTINCT BillingAccountId || '|' || SubAccountId), sum(rows)::BIGINT, sum(cost), NOT bool_or(used)
FROM load_lines WHERE load_id = $load AND day >= $from::DATE AND day < $to::DATE
GROUP BY BillingCurrency
ORDER BY BillingCurrency;
