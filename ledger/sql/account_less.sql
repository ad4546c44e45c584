-- The first of several accounts of which load $new has, on the days from $from to before $to, fewer than $enough of a hundred of the rows of
-- load $old (load_lines), and none on its first or its last days; those first that cost something on most days. Of an account
-- that costs something on a few days only, one charge that was corrected or moved is as much.
WITH held AS (
    SELECT load_id, SubAccountId, sum(rows) AS rows, min(day) AS first_day, max(day) AS last_day, count(DISTINCT day) AS days
    FROM load_lines
    WHERE used AND day >= $from::DATE AND day < $to::DATE
    GROUP BY ALL
)
SELECT o.SubAccountId, n.first_day, n.last_day, o.first_day, o.last_day,
       o.days > 2 AND o.days * 2 > (SELECT max(last_day) FROM held WHERE load_id = $old) - o.first_day + 1 AS mostly
FROM held o JOIN held n ON n.SubAccountId = o.SubAccountId
WHERE o.load_id = $old AND n.load_id = $new AND (SELECT count(*) FROM held WHERE load_id = $new) > 1 AND n.rows * 100 < o.rows * $enough AND (n.first_day > o.first_day OR n.last_day < o.last_day)
ORDER BY mostly DESC, 1 LIMIT 1;
