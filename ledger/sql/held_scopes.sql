-- What the ledger holds of load $load, as held, by what was added up when it was
-- loaded.
SELECT BillingCurrency, sum(CASE WHEN cost_type = 'focus' THEN BilledCost ELSE EffectiveCost END)
FROM scopes
WHERE load_id = $load AND state <> 'purged'
GROUP BY BillingCurrency;
