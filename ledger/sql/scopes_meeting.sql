-- The first of the loads $first to $last that may hold the same charges as a load before
-- it, as scopes_overlapping has it for one; NULL for none. An actual and an amortized
-- export of the same days live beside each other.
SELECT min(n.load_id)
FROM scopes n
JOIN scopes o ON o.load_id < n.load_id AND o.state = 'current'
    AND (o.SubAccountId = n.SubAccountId AND (n.SubAccountId <> '' OR o.BillingAccountId = n.BillingAccountId)
         OR o.BillingAccountId = n.BillingAccountId AND o.BillingAccountId IN ('anthropic', 'anthropic/tokens'))
    AND o.BillingPeriodStart < n.BillingPeriodEnd AND n.BillingPeriodStart < o.BillingPeriodEnd
JOIN loads l ON l.load_id = o.load_id
JOIN loads m ON m.load_id = n.load_id
WHERE n.load_id BETWEEN $first AND $last AND (o.SubAccountId = n.SubAccountId OR l.format <> m.format)
  AND (o.from_day + o.ahead < n.to_day + n.ahead AND n.from_day + n.ahead < o.to_day + o.ahead OR l.outranks = m.format OR m.outranks = l.format)
  AND NOT (o.cost_type IN ('actual', 'amortized') AND n.cost_type IN ('actual', 'amortized') AND o.cost_type <> n.cost_type);
