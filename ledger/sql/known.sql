-- The newest load with the content $sha256, and whether any of it is current. One with
-- purged scopes that no current scope has replaced may be loaded again.
SELECT l.load_id, l.rows = 0 OR EXISTS (SELECT 1 FROM scopes s WHERE s.load_id = l.load_id AND s.state = 'current')
FROM loads l
WHERE l.sha256 = $sha256 AND ($cost_type = '' OR l.cost_type = $cost_type)
  AND NOT EXISTS (
      SELECT 1 FROM scopes p
      WHERE p.load_id = l.load_id AND p.state = 'purged'
        AND NOT EXISTS (
            SELECT 1 FROM scopes c
            WHERE c.state = 'current' AND c.SubAccountId = p.SubAccountId AND c.cost_type = p.cost_type
              AND c.BillingPeriodStart = p.BillingPeriodStart AND c.BillingCurrency = p.BillingCurrency))
ORDER BY l.load_id DESC LIMIT 1;
