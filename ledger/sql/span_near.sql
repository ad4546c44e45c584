-- The days for which load $load speaks in its billing periods that touch the one from $start to before $end; where $own, as days
-- of each account's place.
SELECT min(from_day + CASE WHEN $own THEN ahead ELSE 0 END), max(to_day + CASE WHEN $own THEN ahead ELSE 0 END) FROM scopes
WHERE load_id = $load AND BillingPeriodStart < $end AND BillingPeriodEnd > $start AND state = 'current';
