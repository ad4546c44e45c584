-- The current scopes of other loads that may hold the same charges as those of
-- load $load: same subscription, overlapping billing periods and days. Where one's
-- format outranks the other's, the days do not count. Anthropic's exports and API name no organization, and
-- its workspaces by name or by id: what one of the two says, the other says under other subscriptions.
SELECT DISTINCT o.load_id, l.ref, l.format, l.title, l.outranks, o.cost_type, o.x_BillingPeriod, o.BillingPeriodStart, o.BillingPeriodEnd, l.submitted,
       l.speaks_from, l.speaks_to
FROM scopes n
JOIN scopes o ON o.load_id <> n.load_id AND o.state = 'current'
    AND (o.SubAccountId = n.SubAccountId AND (n.SubAccountId <> '' OR o.BillingAccountId = n.BillingAccountId)
         OR o.BillingAccountId = n.BillingAccountId AND o.BillingAccountId IN ('anthropic', 'anthropic/tokens'))
    AND o.BillingPeriodStart < n.BillingPeriodEnd AND n.BillingPeriodStart < o.BillingPeriodEnd
JOIN loads l ON l.load_id = o.load_id
JOIN loads m ON m.load_id = n.load_id
WHERE n.load_id = $load AND (o.SubAccountId = n.SubAccountId OR l.format <> m.format)
  AND (o.from_day + o.ahead < n.to_day + n.ahead AND n.from_day + n.ahead < o.to_day + o.ahead OR l.outranks = m.format OR m.outranks = l.format)
ORDER BY o.BillingPeriodStart, o.load_id;
