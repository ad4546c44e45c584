-- The owners of whose charges in bill $bill or, where that is NULL, on the days from $first up to, not
-- including, $end, some have no rate.
SELECT DISTINCT o.owner
FROM unconverted u
JOIN owned o ON o.key_id = u.key_id AND u.day >= o.first_day AND u.day < o.end_day
WHERE ($bill::VARCHAR IS NULL AND u.day >= $first OR u.period = $bill) AND u.day < $end;
