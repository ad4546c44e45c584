-- The current scopes of other loads that may hold the same charges as those of
-- load $load: same subscription, overlapping billing periods and days. Where one's
-- format outranks the other's, the days do not count.
SELECT DISTINCT o.load_id, l.ref, l.format, l.title, l.outranks, o.cost_type, o.x_BillingPeriod, o.BillingPeriodStart, o.BillingPeriodEnd, l.submitted
FROM scopes n
JOIN scopes o ON o.SubAccountId = n.SubAccountId AND o.load_id <> n.load_id AND o.state = 'current'
    AND (n.SubAccountId <> '' OR o.BillingAccountId = n.BillingAccountId)
    AND o.BillingPeriodStart < n.BillingPeriodEnd AND n.BillingPeriodStart < o.BillingPeriodEnd
JOIN loads l ON l.load_id = o.load_id
JOIN loads m ON m.load_id = n.load_id
WHERE n.load_id = $load
  AND (o.from_day < n.to_day AND n.from_day < o.to_day OR l.outranks = m.format OR m.outranks = l.format)
ORDER BY o.BillingPeriodStart, o.load_id;
