-- The charges of load $load by category and currency.
SELECT k.ChargeCategory, coalesce(k.ChargeClass, ''), s.BillingCurrency, count(*),
       sum(CASE WHEN s.cost_type = 'focus' THEN c.BilledCost ELSE c.EffectiveCost END)
FROM charges c JOIN keys k ON k.key_id = c.key_id JOIN scopes s ON s.scope_id = k.scope_id
WHERE c.load_id = $load
GROUP BY ALL ORDER BY 4 DESC, 1, 2, 3;
