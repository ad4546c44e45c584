-- The first of the loads $first to $last that has an account under an id that a spreadsheet has rounded, like 1.23457E+11, of which
-- another load has days in common under a whole id that is the same when it is rounded so, or the other way round; with
-- the id in each and the other load.
WITH ids AS (
    SELECT s.*, regexp_matches(SubAccountId, '^\d[.,]\d+[Ee]\+\d+$') AS rounded, try_cast(replace(SubAccountId, ',', '.') AS DOUBLE) AS number,
           0.5 * pow(10, try_cast(regexp_extract(SubAccountId, '\+(\d+)$', 1) AS INTEGER) - length(regexp_extract(SubAccountId, '[.,](\d+)', 1))) AS off
    FROM scopes s
    WHERE state = 'current' AND regexp_matches(SubAccountId, '^[\d.,Ee+]+$')
)
SELECT n.load_id, n.SubAccountId, n.rounded, o.SubAccountId, o.load_id, l.ref
FROM ids n JOIN ids o ON n.rounded <> o.rounded AND abs(n.number - o.number) <= CASE WHEN n.rounded THEN n.off ELSE o.off END
    AND o.from_day < n.to_day AND n.from_day < o.to_day
JOIN loads l ON l.load_id = o.load_id
WHERE n.load_id BETWEEN $first AND $last AND o.load_id < n.load_id
ORDER BY ALL
LIMIT 1;
