-- Of each earlier period, how many of the period's accounts have none that follows on, though they were used by the
-- middle of its month.
WITH begins AS (
    SELECT k, min(first) AS first FROM compared WHERE k > 0 GROUP BY k
)
SELECT b.k, count(DISTINCT p.account)
FROM begins b JOIN compared p ON p.k = 0
WHERE NOT EXISTS (SELECT 1 FROM compared c WHERE c.k = b.k AND c.account = p.account)
  AND EXISTS (SELECT 1 FROM bills e WHERE e.account = p.account AND e.reach IS NOT NULL AND e.first <= b.first + 15 AND e.first < p.first)
GROUP BY b.k
