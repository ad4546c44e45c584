-- How many rows load $old has (load_lines) of each day from $from to before $to that it or load $new has, and
-- whether both have any of one account.
SELECT day, sum(old_rows)::BIGINT, bool_or(new_rows > 0 AND old_rows > 0)
FROM (
    SELECT day, coalesce(sum(rows) FILTER (load_id = $new), 0) AS new_rows, coalesce(sum(rows) FILTER (load_id = $old), 0) AS old_rows
    FROM load_lines WHERE day >= $from::DATE AND day < $to::DATE
    GROUP BY day, BillingAccountId, SubAccountId
)
GROUP BY day
ORDER BY day;
