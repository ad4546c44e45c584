-- Each account's bills: their days, the last one with usage, and the last one with any charge.
-- Where nothing is usage at all, any charge counts, and so it does in a bill of an account that was used before, as far as
-- anything else is used. With $by_day, usage on the bill's days that
-- the next one charges counts, too.
SELECT account, bill, first, end_day,
       CASE WHEN $by_day THEN greatest(reach, (SELECT max(x.day) FROM audited x WHERE x.account = b.account AND x.category = 'Usage' AND x.day >= b.first AND x.day < b.end_day)) ELSE reach END AS reach,
       latest
FROM (
    SELECT * REPLACE (coalesce(reach, CASE WHEN max(reach) OVER (PARTITION BY account ORDER BY first) IS NOT NULL
               THEN least(charged, (SELECT max(ChargePeriodStart)::DATE FROM usage WHERE ChargeCategory = 'Usage')) END) AS reach)
    FROM (
        SELECT account, bill, min(bill_first) AS first, max(bill_end) AS end_day,
               max(day) FILTER (day < bill_end AND (category = 'Usage' OR NOT EXISTS (SELECT 1 FROM audited WHERE category = 'Usage'))) AS reach,
               max(day) FILTER (day < bill_end) AS charged, max(day) AS latest
        FROM audited GROUP BY account, bill
    )
) b ORDER BY account, first
