-- What was used on each day from $first to before $end cost.
SELECT day, sum(effective) FROM audited
WHERE category = 'Usage' AND inside AND day >= $first AND day < $end
GROUP BY day ORDER BY day
