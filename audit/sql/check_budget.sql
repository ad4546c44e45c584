-- What was spent of a budget, of the bill $bill or, where it is NULL, from $first to before $end; and
-- the first day since which that is more than $amount.
WITH spent AS (
    SELECT day, sum(sum(cost)) OVER (ORDER BY day) AS so_far FROM audited
    WHERE bill = $bill OR $bill::VARCHAR IS NULL AND day >= $first AND day < $end GROUP BY day
)
SELECT coalesce(arg_max(so_far, day), 0),
       min(day) FILTER (day > coalesce((SELECT max(day) FROM spent WHERE so_far <= $amount::DECIMAL(38, 18)), '0001-01-01'))
FROM spent
