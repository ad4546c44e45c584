-- The currencies in which there are costs other than 0, in one text.
SELECT coalesce(string_agg(DISTINCT BillingCurrency, ',' ORDER BY BillingCurrency), '')
FROM scopes WHERE state = 'current' AND (BilledCost <> 0 OR EffectiveCost <> 0);
