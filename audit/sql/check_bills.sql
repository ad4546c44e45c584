-- Each account's bills: their days, the last one with usage, and the last one with any charge.
-- Where nothing is usage at all, any charge counts. With $by_day, usage on the bill's days that
-- the next one charges counts, too.
SELECT account, bill, first, end_day,
       CASE WHEN $by_day THEN greatest(reach, (SELECT max(x.day) FROM audited x WHERE x.account = b.account AND x.category = 'Usage' AND x.day >= b.first AND x.day < b.end_day)) ELSE reach END AS reach,
       latest
FROM (
    SELECT account, bill, min(bill_first) AS first, max(bill_end) AS end_day,
           max(day) FILTER (day < bill_end AND (category = 'Usage' OR NOT EXISTS (SELECT 1 FROM audited WHERE category = 'Usage'))) AS reach,
           max(day) AS latest
    FROM audited GROUP BY account, bill
) b ORDER BY account, first
