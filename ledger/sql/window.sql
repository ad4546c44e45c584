-- What load $load has (load_lines) on the days from $from to before $to.
SELECT coalesce(list(DISTINCT BillingAccountId || '|' || SubAccountId), []), coalesce(list_sort(list(DISTINCT BillingCurrency)), []),
       coalesce(sum(rows), 0)::BIGINT, coalesce(sum(cost), 0)
FROM load_lines WHERE load_id = $load AND day >= $from::DATE AND day < $to::DATE;
