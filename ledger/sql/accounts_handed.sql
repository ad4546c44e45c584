-- Whether each account that the loads $new and $old both have in the billing periods that begin on $start
-- went from one to the other: the last day of its usage in the one is the first in the other, or before it.
WITH days AS (
    SELECT load_id, SubAccountId, min(first_day) AS first, max(reach) AS last
    FROM scopes WHERE load_id IN ($new, $old) AND BillingPeriodStart = $start AND state = 'current'
    GROUP BY ALL
)
SELECT count(*) > 0 AND bool_and(coalesce(n.last < o.first OR o.last < n.first OR n.first < n.last AND n.last = o.first
                                          OR o.first < o.last AND o.last = n.first, false))
FROM days n JOIN days o ON o.SubAccountId = n.SubAccountId
WHERE n.load_id = $new AND o.load_id = $old;
