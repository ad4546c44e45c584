-- What was used on each day from $first to before $end cost.
SELECT day, sum(effective) FROM audited
WHERE category = 'Usage' AND EXISTS (SELECT 1 FROM bills b WHERE b.account = audited.account AND audited.day >= b.first AND audited.day < b.end_day) AND day >= $first AND day < $end
GROUP BY day ORDER BY day
