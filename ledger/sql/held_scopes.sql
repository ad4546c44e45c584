-- What the ledger holds of the loads $first to $last, as held, by what was added up
-- when they were loaded.
SELECT load_id, BillingCurrency, sum(CASE WHEN cost_type = 'focus' THEN BilledCost ELSE EffectiveCost END)
FROM scopes
WHERE load_id BETWEEN $first AND $last AND state <> 'purged'
GROUP BY load_id, BillingCurrency;
