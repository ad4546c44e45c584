-- Each account that had a charge in the period or in the bill just before it: what the
-- period has of it, and up to which day it was used there.
WITH now AS (
    SELECT w.account, sum(a.cost) AS cost, max(a.day) FILTER (a.category = 'Usage' AND a.day < w.end_day) AS reach
    FROM compared w
    JOIN audited a ON a.account = w.account AND (a.bill = w.bill OR w.bill IS NULL AND a.day >= w.first AND a.day < w.end_day)
    WHERE w.k = 0 GROUP BY w.account
), before AS (
    SELECT account, max(bill_end) >= $first AS adjoins, bool_or(category = 'Usage') AS used FROM audited WHERE bill_first < $first GROUP BY account
)
SELECT coalesce(n.account, b.account), n.account IS NOT NULL, coalesce(b.adjoins, false), coalesce(b.used, false), coalesce(n.cost, 0), n.reach
FROM now n FULL JOIN before b ON b.account = n.account ORDER BY 1
