-- Each account's bills: their days, the last one with usage, and the last one with any charge.
-- Where nothing is usage at all, any charge counts, and so it does in a bill of an account that was used before, as far as
-- anything else is used. With $by_day, usage on the bill's days that
-- the next one charges counts, too. Bills of half a month and less, several of which have one name, are one from the first that
-- begins in the month to the last: of those not made yet, too.
SELECT account, bill, first, end_day,
       CASE WHEN $by_day THEN greatest(reach, (SELECT max(x.day) FROM audited x WHERE x.account = b.account AND x.category = 'Usage' AND x.day >= b.first AND x.day < b.end_day)) ELSE reach END AS reach,
       latest
FROM (
    SELECT * REPLACE (CASE WHEN NOT short THEN first WHEN across THEN first - ((first - month) // step * step)::INTEGER ELSE month END AS first,
        CASE WHEN NOT short THEN end_day WHEN across THEN end_day + (greatest(0, ceil((next_month - end_day) / step)) * step)::INTEGER ELSE next_month END AS end_day,
        coalesce(reach, CASE WHEN max(reach) OVER (PARTITION BY account ORDER BY first) IS NOT NULL
               THEN least(charged, (SELECT max(ChargePeriodStart)::DATE FROM usage WHERE ChargeCategory = 'Usage')) END) AS reach)
    FROM (
        SELECT *, max(longest) OVER own AS step, max(longest) OVER own <= 16 AND max(bills) OVER own > 1 AS short,
               bool_or(end_day > next_month) OVER own AS across
        FROM (SELECT account, bill, min(bill_first) AS first, max(bill_end) AS end_day,
               max(day) FILTER (day < bill_end AND (category = 'Usage' OR NOT EXISTS (SELECT 1 FROM audited WHERE category = 'Usage'))) AS reach,
               max(day) FILTER (day < bill_end) AS charged, max(day) AS latest,
               date_trunc('month', min(bill_first))::DATE AS month, (date_trunc('month', min(bill_first)) + INTERVAL 1 MONTH)::DATE AS next_month,
               count(DISTINCT bill_first) AS bills, max(bill_end - bill_first)::INTEGER AS longest
            FROM audited GROUP BY account, bill)
        WINDOW own AS (PARTITION BY account)
    )
) b ORDER BY account, first
