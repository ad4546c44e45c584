-- What the period costs at the rates that are loaded, by usage_converted.
SELECT coalesce(sum(a.cost), 0)
FROM compared w
JOIN audited a ON a.account = w.account AND (a.bill = w.bill OR w.bill IS NULL AND a.day >= w.first AND a.day < w.end_day)
WHERE w.k = 0
