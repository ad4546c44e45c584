-- Whether the effective cost of usage is another than the billed one on any day from $first to before
-- $end, in currency $currency.
SELECT coalesce(bool_or(d.BilledCost <> d.EffectiveCost), false)
FROM daily_services d JOIN scopes s ON s.scope_id = d.scope_id
WHERE s.BillingCurrency = $currency AND d.ChargeCategory = 'Usage' AND d.covered AND d.day >= $first AND d.day < $end;
