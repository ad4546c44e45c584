-- The days that the report is about (k = 0) and the periods before them (k = 1, 2, ...), for
-- each account: of the bill $bill and of the bills that end where the next begins; or,
-- where it is NULL, of the calendar month from $first to before $end and of those before.
-- Charges before same_end are up to the same elapsed day; NULL takes the whole period, as
-- all are taken once the period is not $open any more. An account that was silent for as
-- long before, or is used too seldom to tell, reaches as far as is said of it: to the day
-- in $reaches that stands where its name does in $accounts.
WITH RECURSIVE present AS (
    SELECT account, bill, first, end_day, reach FROM bills WHERE bill = $bill
    UNION ALL
    SELECT account, NULL, $first::DATE, $end::DATE, max(least(reach, $end::DATE - 1)) FILTER (reach IS NOT NULL)
    FROM bills WHERE $bill::VARCHAR IS NULL AND first < $end AND end_day > $first AND latest >= $first GROUP BY account
    UNION ALL
    -- An account that is not used and of which the bill has nothing yet, as a purchase to come.
    SELECT b.account, $bill, n.first, n.end_day, NULL
    FROM bills b JOIN (SELECT DISTINCT first, end_day FROM bills WHERE bill = $bill) n ON b.end_day = n.first
    WHERE $bill::VARCHAR IS NOT NULL AND b.account NOT IN (SELECT account FROM bills WHERE bill = $bill)
      AND NOT EXISTS (SELECT 1 FROM bills u WHERE u.account = b.account AND u.reach IS NOT NULL)
), habits AS (
    SELECT account, max(pause) AS pause, count(*) AS days FROM (
        SELECT account, day - lag(day) OVER (PARTITION BY account ORDER BY day) AS pause FROM (SELECT DISTINCT account, day FROM audited WHERE category = 'Usage')
    ) GROUP BY account
), told AS (
    SELECT t.account, t.reach
    FROM (SELECT unnest($accounts::VARCHAR[]) AS account, unnest($reaches::VARCHAR[])::DATE AS reach) t
    JOIN present p ON p.account = t.account
    JOIN habits h ON h.account = t.account
    WHERE t.reach > p.reach AND ((SELECT max(reach) FROM present) - p.reach < h.pause OR h.days < $rhythm_days)
), went AS (
    SELECT a.account, max(p.reach) AS reach FROM (SELECT DISTINCT account, goes_on FROM audited) a JOIN present p ON p.account = a.goes_on
    GROUP BY ALL
), chain AS (
    SELECT 0 AS k, p.account, bill, first, end_day, p.reach,
           (greatest(coalesce(t.reach, p.reach, (SELECT max(reach) FROM present), first), w.reach) - first + 1)::INTEGER AS elapsed
    FROM present p
    LEFT JOIN told t ON t.account = p.account
    LEFT JOIN went w ON w.account = p.account
    UNION
    SELECT k + 1, c.account, CASE WHEN c.bill IS NULL THEN NULL ELSE b.bill END,
           CASE WHEN c.bill IS NULL THEN (c.first - INTERVAL 1 MONTH)::DATE ELSE b.first END, c.first, c.reach, c.elapsed
    FROM chain c JOIN bills b ON b.account = c.account
    WHERE k < 13 AND CASE WHEN c.bill IS NOT NULL THEN b.end_day = c.first
        ELSE b.first < c.first AND b.reach >= c.first - INTERVAL 1 MONTH
            AND (SELECT min(first) FROM bills o WHERE o.account = c.account) <= c.first - INTERVAL 1 MONTH END
)
SELECT k, account, bill, first, end_day, reach, CASE WHEN k > 0 AND $open THEN least(first + elapsed, end_day)::DATE END AS same_end
FROM chain
