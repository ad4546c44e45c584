-- The files whose charges would be current once load $load is gone, but are no
-- longer kept: purged scopes of its accounts and periods that nothing else holds,
-- and of these the newest.
SELECT l.ref, l.sha256, coalesce(l.kept, ''), list(DISTINCT p.x_BillingPeriod ORDER BY p.x_BillingPeriod)
FROM (
    SELECT s.load_id, s.SubAccountId, s.BillingPeriodStart, s.x_BillingPeriod,
           row_number() OVER (PARTITION BY s.SubAccountId, s.BillingPeriodStart, s.cost_type, s.BillingCurrency ORDER BY s.load_id DESC) AS n
    FROM scopes s
    JOIN scopes r ON r.load_id = $load AND r.SubAccountId = s.SubAccountId AND r.cost_type = s.cost_type
        AND r.BillingPeriodStart = s.BillingPeriodStart AND r.BillingCurrency = s.BillingCurrency
    WHERE s.state = 'purged' AND r.state = 'current'
      AND NOT EXISTS (
          SELECT 1 FROM scopes c
          WHERE c.load_id <> $load AND c.state IN ('current', 'superseded') AND c.SubAccountId = s.SubAccountId
            AND c.cost_type = s.cost_type AND c.BillingPeriodStart = s.BillingPeriodStart AND c.BillingCurrency = s.BillingCurrency
            AND c.from_day <= s.from_day AND c.to_day >= s.to_day)
) p
JOIN loads l ON l.load_id = p.load_id
WHERE p.n = 1
GROUP BY ALL
ORDER BY 1;
