-- The days for which load $load speaks in its billing periods that touch the one from $start to before $end; where $own, as days
-- of each account's place.
SELECT min(CASE WHEN $own THEN from_day + ahead ELSE least(from_day, first_day) END), max(CASE WHEN $own THEN to_day + ahead ELSE greatest(to_day, reach + 1) END)
FROM scopes WHERE load_id = $load AND BillingPeriodStart < $end AND BillingPeriodEnd > $start AND state = 'current';
