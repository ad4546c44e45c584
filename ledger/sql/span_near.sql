-- The days for which load $load speaks in its billing periods that touch the one from $start to before $end.
SELECT min(from_day), max(to_day) FROM scopes
WHERE load_id = $load AND BillingPeriodStart < $end AND BillingPeriodEnd > $start AND state = 'current';
