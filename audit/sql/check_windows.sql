-- The days that the report is about (k = 0) and the periods before them (k = 1, 2, ...), for
-- each account: of the bill $bill and of the bills that end where the next begins; or,
-- where it is NULL, of the days from $first to before $end and of as many before: of
-- $months months where they are whole calendar months, else, with 0, of as many days.
-- Charges before same_end are up to the same elapsed day; NULL takes the whole period, as
-- all are taken once the period is not $open any more. An account that was silent for as
-- long before, or is used too seldom to tell, reaches as far as is said of it, and so does one without usage in the period: to the day
-- in $reaches that stands where its name does in $accounts.
-- An account that is used on fewer days than make a habit, or once a fortnight or less, has, after its first bill, those of what is billed with it or stands in its files:
-- of some of them nothing was bought or used. How it was used before each of these counts there;
-- silent for longer than ever, it has none.
WITH RECURSIVE billed AS (
    SELECT DISTINCT unnest(['of ' || a.BillingAccountId, a.load_id::VARCHAR]) AS source, b.account, b.bill, b.first, b.end_day, b.latest,
        b.reach IS NOT NULL OR bool_or((a.load_id, a.bill) IN (SELECT (load_id, bill) FROM audited WHERE category = 'Usage')) OVER (PARTITION BY b.account, b.bill) AS used
    FROM bills b JOIN audited a ON a.account = b.account AND a.bill = b.bill
), pauses AS (
    SELECT account, day, day - lag(day) OVER (PARTITION BY account ORDER BY day) AS pause FROM (SELECT DISTINCT account, day FROM audited WHERE category = 'Usage')
), habits AS (
    SELECT account, max(pause) AS pause, CASE WHEN median(pause) > 14 THEN 0 ELSE count(*) END AS days FROM pauses GROUP BY account
), known AS (
    SELECT account, bill, first, end_day, reach, latest FROM bills
    UNION ALL
    SELECT s.account, o.bill, o.first, o.end_day, NULL::DATE, max(o.latest)
    FROM billed s JOIN billed o ON o.source = s.source AND o.first > s.first AND (o.used OR o.end_day <= (SELECT max(reach) FROM bills))
    WHERE NOT EXISTS (SELECT 1 FROM bills b WHERE b.account = s.account AND b.first < o.end_day AND b.end_day > o.first)
        AND (SELECT median(u.pause) > 14 OR count(*) < $rhythm_days FROM pauses u WHERE u.account = s.account AND u.day < o.first)
        AND (SELECT count(*) < 3 OR max(u.pause) > least(o.end_day, (SELECT max(reach) + 1 FROM bills), min(u.day) FILTER (u.day >= o.first)) - max(u.day) FILTER (u.day < o.first) FROM pauses u WHERE u.account = s.account)
    GROUP BY ALL
), present AS (
    SELECT account, bill, first, end_day, reach FROM known WHERE bill = $bill
    UNION ALL
    SELECT account, NULL, $first::DATE, $end::DATE, max(least(reach, $end::DATE - 1)) FILTER (reach IS NOT NULL)
    FROM known WHERE $bill::VARCHAR IS NULL AND first < $end AND end_day > $first AND (latest >= $first OR reach IS NULL
        OR account NOT IN (SELECT account FROM habits WHERE days >= $rhythm_days)) GROUP BY account
), told AS (
    SELECT t.account, t.reach
    FROM (SELECT unnest($accounts::VARCHAR[]) AS account, unnest($reaches::VARCHAR[])::DATE AS reach) t
    JOIN present p ON p.account = t.account
    LEFT JOIN habits h ON h.account = t.account
    WHERE p.reach IS NULL OR t.reach > p.reach AND ((SELECT max(reach) FROM present) - p.reach < h.pause OR h.days < $rhythm_days)
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
           CASE WHEN c.bill IS NULL THEN e.first ELSE b.first END, c.first, c.reach, c.elapsed
    FROM chain c
    JOIN known b ON b.account = c.account,
    LATERAL (SELECT CASE WHEN $months > 0 THEN (c.first - to_months($months::INTEGER))::DATE ELSE c.first - (c.end_day - c.first)::INTEGER END AS first) e
    WHERE k < 13 AND (c.bill IS NULL OR b.end_day = c.first)
), held AS (
    SELECT * FROM chain c
    WHERE k = 0 OR bill IS NOT NULL OR (SELECT min(first) FROM bills o WHERE o.account = c.account) <= c.first AND EXISTS (
        SELECT 1 FROM known b
        WHERE b.account = c.account AND b.first < c.end_day
            AND c.first <= CASE WHEN b.account IN (SELECT account FROM habits WHERE days >= $rhythm_days) THEN coalesce(b.reach, b.end_day - 1) ELSE b.end_day - 1 END
    )
)
SELECT k, account, bill, first, end_day, reach, CASE WHEN k > 0 AND $open THEN least(first + elapsed, end_day)::DATE END AS same_end
FROM held h
WHERE NOT EXISTS (SELECT 1 FROM unnest(range(1, h.k)) AS j(k) WHERE j.k NOT IN (SELECT k FROM held)) -- none follows a period that is not there
