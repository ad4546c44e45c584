-- The first of several accounts of which load $new has, on the days from $from to before $to, fewer than $enough of a hundred of the rows of
-- load $old (load_lines), and none on its first or its last days.
WITH held AS (
    SELECT load_id, SubAccountId, sum(rows) AS rows, min(day) AS first_day, max(day) AS last_day
    FROM load_lines
    WHERE used AND day >= $from::DATE AND day < $to::DATE
    GROUP BY ALL
)
SELECT o.SubAccountId, n.first_day, n.last_day, o.first_day, o.last_day
FROM held o JOIN held n ON n.SubAccountId = o.SubAccountId
WHERE o.load_id = $old AND n.load_id = $new AND (SELECT count(*) FROM held WHERE load_id = $new) > 1 AND n.rows * 100 < o.rows * $enough AND (n.first_day > o.first_day OR n.last_day < o.last_day)
ORDER BY 1 LIMIT 1;
