-- What each period cost, over the same elapsed days and whole.
SELECT w.k, sum(a.cost) FILTER (w.same_end IS NULL OR a.day < w.same_end), sum(a.cost)
FROM compared w
LEFT JOIN audited a ON a.account = w.account AND (a.bill = w.bill OR w.bill IS NULL AND a.day >= w.first AND a.day < w.end_day)
GROUP BY w.k ORDER BY w.k
