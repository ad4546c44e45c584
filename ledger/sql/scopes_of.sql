-- The accounts and billing periods of load $load, by period and account.
SELECT BillingAccountId, SubAccountId, coalesce(SubAccountName, ''), x_BillingPeriod, BillingPeriodStart, BillingPeriodEnd,
       rows, first_day, reach, CASE WHEN cost_type = 'focus' THEN BilledCost ELSE EffectiveCost END, BillingCurrency, state, coalesce(superseded_by, 0)
FROM scopes WHERE load_id = $load
ORDER BY BillingPeriodStart, SubAccountId, BillingAccountId, BillingCurrency;
