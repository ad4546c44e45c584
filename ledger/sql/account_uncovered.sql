-- An account of load $old in the period that begins on $start that load $new has too,
-- but with fewer days.
SELECT o.SubAccountId, n.first_day, n.reach, o.first_day, o.reach
FROM scopes o
JOIN (
    SELECT s.SubAccountId, min(s.first_day) AS first_day, max(s.reach) AS reach
    FROM scopes s WHERE s.load_id = $new GROUP BY ALL
) n ON n.SubAccountId = o.SubAccountId
WHERE o.load_id = $old AND o.BillingPeriodStart = $start AND o.state = 'current' AND o.reach IS NOT NULL
  AND (n.reach IS NULL OR n.reach < o.reach OR n.first_day > o.first_day)
ORDER BY 1 LIMIT 1;
