-- What each resource cost, and its first and last day of cost: of those with charges in only one
-- of the two periods.
SELECT a.ResourceId, sum(a.cost) FILTER (w.k = 0), sum(a.cost) FILTER (w.k = 1)
FROM compared w
JOIN audited a ON a.account = w.account AND (a.bill = w.bill OR w.bill IS NULL AND a.day >= w.first AND a.day < w.end_day)
WHERE w.k <= 1 AND (w.same_end IS NULL OR a.day < w.same_end) AND a.ResourceId <> ''
GROUP BY a.ResourceId HAVING count(DISTINCT w.k) = 1 ORDER BY a.ResourceId
