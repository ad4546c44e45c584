-- The days for which load $load speaks in the billing period that begins on $start.
SELECT min(from_day), max(to_day) FROM scopes WHERE load_id = $load AND BillingPeriodStart = $start AND state = 'current';
