-- When the current billing periods of load $load begin that touch the one from $start to before $end.
SELECT DISTINCT BillingPeriodStart FROM scopes
WHERE load_id = $load AND BillingPeriodStart < $end AND BillingPeriodEnd > $start AND state = 'current'
ORDER BY BillingPeriodStart;
