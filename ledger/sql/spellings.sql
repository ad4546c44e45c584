-- Names that Azure spells in several ways show their most frequent spelling.
WITH written AS (
    SELECT group_written AS spelling, x_ResourceGroupName AS shown, sum(rows) AS n
    FROM keys WHERE group_written IS NOT NULL
    GROUP BY ALL
), best AS (
    SELECT folded, arg_max(spelling, (n, spelling)) AS spelling
    FROM (SELECT lower(spelling) AS folded, spelling, sum(n) AS n FROM written GROUP BY ALL)
    GROUP BY folded
), other AS (
    SELECT w.spelling AS written, w.shown, b.spelling
    FROM written w JOIN best b ON b.folded = lower(w.spelling)
    WHERE w.shown <> b.spelling
)
UPDATE keys SET x_ResourceGroupName = other.spelling
FROM other WHERE keys.group_written = other.written AND keys.x_ResourceGroupName = other.shown;
