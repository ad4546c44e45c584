-- The charges of loads (load_days, load_keys) on days that lie over $before days before
-- their billing period begins, or over $after days after it ends.
SELECT k.load_id, k.BillingCurrency, k.BillingPeriodStart, k.BillingPeriodEnd, min(d.day), max(d.day), sum(d.rows)::BIGINT, sum(d.billed)
FROM load_days d
JOIN load_keys k USING (key_id)
WHERE d.day < k.BillingPeriodStart - $before::INTEGER OR d.day >= k.BillingPeriodEnd + $after::INTEGER
GROUP BY ALL
ORDER BY ALL;
