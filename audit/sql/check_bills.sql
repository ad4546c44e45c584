-- Each account's bills: their days, the last one with usage, and the last one with any charge.
-- Where nothing is usage at all, any charge counts.
SELECT account, bill, min(bill_first) AS first, max(bill_end) AS end_day,
       max(day) FILTER (day < bill_end AND (category = 'Usage' OR NOT EXISTS (SELECT 1 FROM audited WHERE category = 'Usage'))) AS reach,
       max(day) AS latest
FROM audited GROUP BY account, bill ORDER BY account, first
