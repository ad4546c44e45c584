-- What the ledger holds of load $1, as held, by what was added up when it was
-- loaded.
SELECT BillingCurrency, sum(CASE WHEN cost_type = 'focus' THEN BilledCost ELSE EffectiveCost END)
FROM scopes
WHERE load_id = $1 AND state <> 'purged'
GROUP BY BillingCurrency;
