-- What the loads $first to $last say of each day and service of their accounts, at the
-- time at which the export ran, else at which it was loaded.
INSERT INTO estimates
SELECT s.load_id, coalesce(l.submitted, l.loaded_at), s.cost_type, s.BillingAccountId, s.SubAccountId, s.x_BillingPeriod, s.BillingPeriodStart, s.BillingCurrency,
       d.day, sum(d.rows)::BIGINT, sum(d.billed), sum(d.effective), coalesce(k.ServiceName, '')
FROM load_days d
JOIN keys k ON k.key_id = d.key_id
JOIN scopes s ON s.scope_id = k.scope_id
JOIN loads l ON l.load_id = s.load_id
WHERE s.load_id BETWEEN $first AND $last
GROUP BY ALL
ORDER BY s.load_id, s.SubAccountId, s.BillingPeriodStart, d.day, coalesce(k.ServiceName, '');
