-- What load $load says of each day and service of its accounts, at the time $told_at.
INSERT INTO estimates
SELECT s.load_id, $told_at, s.cost_type, s.BillingAccountId, s.SubAccountId, s.x_BillingPeriod, s.BillingPeriodStart, s.BillingCurrency,
       d.day, sum(d.rows)::BIGINT, sum(d.billed), sum(d.effective), coalesce(k.ServiceName, '')
FROM load_days d
JOIN keys k ON k.key_id = d.key_id
JOIN scopes s ON s.scope_id = k.scope_id
WHERE s.load_id = $load
GROUP BY ALL
ORDER BY s.SubAccountId, s.BillingPeriodStart, d.day, coalesce(k.ServiceName, '');
