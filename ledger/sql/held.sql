-- What the ledger holds of the loads $first to $last, by currency, from the charges
-- themselves: in the cost that the file's own total is made of.
SELECT l.load_id, s.BillingCurrency, sum(CASE WHEN l.cost_type = 'focus' THEN c.BilledCost ELSE c.EffectiveCost END)
FROM charges c
JOIN keys k ON k.key_id = c.key_id
JOIN scopes s ON s.scope_id = k.scope_id
JOIN loads l ON l.load_id = s.load_id
WHERE l.load_id BETWEEN $first AND $last AND c.load_id = l.load_id
  AND c.load_id BETWEEN $first AND $last
GROUP BY l.load_id, s.BillingCurrency;
