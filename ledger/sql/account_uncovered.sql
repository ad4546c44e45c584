-- An account of load $old in the period that begins on $start that load $new has too,
-- but with fewer days, each as days of its place.
WITH own AS (
    SELECT load_id, SubAccountId, BillingPeriodStart, state, reach IS NOT NULL AS used,
           CASE WHEN first_day IS NOT NULL THEN greatest(first_day, from_day) + ahead END AS first_day,
           CASE WHEN reach IS NOT NULL THEN least(reach, to_day - 1) + ahead END AS reach
    FROM scopes WHERE load_id IN ($new, $old)
)
SELECT o.SubAccountId, n.first_day, n.reach, o.first_day, o.reach
FROM own o
JOIN (
    SELECT s.SubAccountId, min(s.first_day) AS first_day, max(s.reach) AS reach
    FROM own s WHERE s.load_id = $new GROUP BY ALL
) n ON n.SubAccountId = o.SubAccountId
WHERE o.load_id = $old AND o.BillingPeriodStart = $start AND o.state = 'current' AND o.used
  AND (n.reach IS NULL OR n.reach < o.reach OR n.first_day > o.first_day)
ORDER BY 1 LIMIT 1;
