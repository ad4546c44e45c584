-- The billing periods of the loads $first to $last.
SELECT DISTINCT load_id, x_BillingPeriod, BillingPeriodStart, BillingPeriodEnd
FROM scopes WHERE load_id BETWEEN $first AND $last
ORDER BY load_id, BillingPeriodStart, x_BillingPeriod, BillingPeriodEnd;
