-- What the period has of each file that was loaded.
SELECT a.load_id, sum(a.cost)
FROM compared w
JOIN audited a ON a.account = w.account AND (a.bill = w.bill OR w.bill IS NULL AND a.day >= w.first AND a.day < w.end_day)
WHERE w.k = 0 GROUP BY a.load_id ORDER BY a.load_id
