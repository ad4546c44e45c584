-- Each account that has the period or had the bill just before it: what the period has of
-- it, up to which day it was used there, how many days it ever was silent between two
-- days of use, on how many days it ever was used, whether it goes on under another id, and
-- whether its files speak of the period at all.
-- One without a charge has the period where it had one in the period before; days it has
-- where its files speak of them.
WITH pauses AS (
    SELECT account, max(pause) AS pause, count(*) AS days FROM (
        SELECT account, day - lag(day) OVER (PARTITION BY account ORDER BY day) AS pause FROM (SELECT DISTINCT account, day FROM audited WHERE category = 'Usage')
    ) GROUP BY account
), now AS (
    SELECT w.account, coalesce(sum(a.cost), 0) AS cost, max(w.reach) AS reach
    FROM compared w
    LEFT JOIN audited a ON a.account = w.account AND (a.bill = w.bill OR w.bill IS NULL AND a.day >= w.first AND a.day < w.end_day)
    WHERE w.k = 0 GROUP BY w.account
    HAVING count(a.day) > 0 OR bool_or(w.bill IS NULL) OR w.account IN (
        SELECT p.account FROM compared p
        JOIN audited c ON c.account = p.account AND (c.bill = p.bill OR p.bill IS NULL AND c.day >= p.first AND c.day < p.end_day)
        WHERE p.k = 1 GROUP BY p.account HAVING sum(c.cost) <> 0)
), spoken AS (
    SELECT DISTINCT account FROM compared WHERE k = 0
), before AS (
    SELECT account, max(end_day) >= $first AS adjoins, bool_or(reach IS NOT NULL) AS used FROM bills WHERE first < $first GROUP BY account
)
SELECT coalesce(n.account, b.account, s.account), n.account IS NOT NULL, coalesce(b.adjoins, false), coalesce(b.used, false), coalesce(n.cost, 0), n.reach,
       coalesce(p.pause, 0), coalesce(p.days, 0),
       coalesce(n.account, b.account, s.account) IN (SELECT account FROM audited WHERE goes_on IN (SELECT account FROM spoken)), s.account IS NOT NULL
FROM now n FULL JOIN before b ON b.account = n.account FULL JOIN spoken s ON s.account = coalesce(n.account, b.account)
LEFT JOIN pauses p ON p.account = n.account ORDER BY 1
