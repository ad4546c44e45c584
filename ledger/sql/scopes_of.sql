-- The accounts and billing periods of the loads $first to $last, by period and account.
SELECT load_id, BillingAccountId, SubAccountId, coalesce(SubAccountName, ''), x_BillingPeriod, BillingPeriodStart, BillingPeriodEnd,
       rows, first_day, reach, CASE WHEN cost_type = 'focus' THEN BilledCost ELSE EffectiveCost END, BillingCurrency, state, coalesce(superseded_by, 0)
FROM scopes WHERE load_id BETWEEN $first AND $last
ORDER BY BillingPeriodStart, SubAccountId, BillingAccountId, BillingCurrency;
